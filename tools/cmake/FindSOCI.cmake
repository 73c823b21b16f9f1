# Debian ships SOCI without a CMake package. Its headers ask for Boost unless
# soci-config.h is replaced by these definitions.
find_path(SOCI_INCLUDE_DIR soci/soci.h)
foreach(part core mysql sqlite3)
  find_library(SOCI_${part}_LIBRARY soci_${part})
endforeach()
find_path(SOCI_MYSQL_INCLUDE_DIR mysql.h PATH_SUFFIXES mariadb)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_INCLUDE_DIR SOCI_core_LIBRARY
  SOCI_mysql_LIBRARY SOCI_sqlite3_LIBRARY SOCI_MYSQL_INCLUDE_DIR)
if(SOCI_FOUND AND NOT TARGET SOCI::core)
  foreach(part core mysql sqlite3)
    add_library(SOCI::${part} UNKNOWN IMPORTED)
    set_target_properties(SOCI::${part} PROPERTIES IMPORTED_LOCATION "${SOCI_${part}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${SOCI_INCLUDE_DIR}/soci;${SOCI_INCLUDE_DIR}"
      INTERFACE_COMPILE_DEFINITIONS "SOCICONFIG_H_INCLUDED;SOCI_HAVE_CXX11;SOCI_HAVE_VISIBILITY_SUPPORT")
  endforeach()
  set_property(TARGET SOCI::mysql APPEND PROPERTY INTERFACE_INCLUDE_DIRECTORIES "${SOCI_MYSQL_INCLUDE_DIR}")
  set_property(TARGET SOCI::mysql APPEND PROPERTY INTERFACE_LINK_LIBRARIES SOCI::core)
  set_property(TARGET SOCI::sqlite3 APPEND PROPERTY INTERFACE_LINK_LIBRARIES SOCI::core)
endif()
