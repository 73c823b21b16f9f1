# What other projects get: `find_package(charter COMPONENTS client testing sla)`
# and `pkg-config charter`. See client-sdk/README.md for what of it is public.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The libraries of ours that a target needs, itself included.
function(charter_closure target out)
  set(seen)
  set(open "${target}")
  while(open)
    list(POP_FRONT open one)
    if(one IN_LIST seen OR NOT TARGET "${one}" OR NOT one MATCHES "^charter_")
      continue()
    endif()
    list(APPEND seen "${one}")
    get_target_property(needs "${one}" LINK_LIBRARIES)
    if(needs)
      list(APPEND open ${needs})
    endif()
  endwhile()
  set(${out} "${seen}" PARENT_SCOPE)
endfunction()

# charter_install_component(NAME PACKAGE p TARGETS t … [DEPENDS t …]): the targets'
# libraries, less those that the DEPENDS need, as part of the package p.
function(charter_install_component component)
  cmake_parse_arguments(ARG "" "PACKAGE" "TARGETS;DEPENDS" ${ARGN})
  set(there)
  foreach(target IN LISTS ARG_DEPENDS)
    charter_closure("${target}" more)
    list(APPEND there ${more})
  endforeach()
  set(libraries)
  foreach(target IN LISTS ARG_TARGETS)
    charter_closure("${target}" more)
    list(APPEND libraries ${more})
  endforeach()
  list(REMOVE_DUPLICATES libraries)
  if(there)
    list(REMOVE_ITEM libraries ${there})
  endif()
  install(TARGETS ${libraries} EXPORT charter-${component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${ARG_PACKAGE})
  install(EXPORT charter-${component} NAMESPACE charter:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/charter" COMPONENT ${ARG_PACKAGE})
endfunction()

add_library(charter::client ALIAS charter_client)
set_target_properties(charter_client PROPERTIES EXPORT_NAME client)

target_include_directories(charter_sla INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/charter/engine>")
set_target_properties(charter_sla PROPERTIES EXPORT_NAME sla)

charter_install_component(sla PACKAGE sdk TARGETS charter_sla_clock charter_sla_calendar charter_sla_expression charter_sla)
charter_install_component(client PACKAGE sdk TARGETS charter_client)
if(TARGET charter_testing)
  add_library(charter::testing ALIAS charter_testing)
  set_target_properties(charter_testing PROPERTIES EXPORT_NAME testing)
  charter_install_component(testing PACKAGE testing TARGETS charter_testing DEPENDS charter_client charter_sla_clock)
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/client-sdk/include/charter/testing" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/charter" COMPONENT testing)
  install(FILES "${CMAKE_SOURCE_DIR}/tools/cmake/FindSOCI.cmake" DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/charter" COMPONENT testing)
endif()

install(DIRECTORY "${CMAKE_SOURCE_DIR}/client-sdk/include/charter/client" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/charter" COMPONENT sdk)
install(DIRECTORY "${CHARTER_GENERATED}/charter" "${CHARTER_GENERATED}/google" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk
  FILES_MATCHING PATTERN "*.h" PATTERN "*.grpc.pb.h" EXCLUDE)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/server/sla" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/charter/engine/server" COMPONENT sdk
  FILES_MATCHING PATTERN "*.h")
install(DIRECTORY "${CMAKE_SOURCE_DIR}/protos/" DESTINATION "${CMAKE_INSTALL_DATADIR}/charter/protos" COMPONENT protos
  FILES_MATCHING PATTERN "*.proto" PATTERN "LICENSE")
install(FILES "${CMAKE_BINARY_DIR}/charter_v1.protoset" DESTINATION "${CMAKE_INSTALL_DATADIR}/charter" COMPONENT protos)

configure_package_config_file("${CMAKE_SOURCE_DIR}/client-sdk/cmake/charter-config.cmake.in" "${CMAKE_BINARY_DIR}/charter-config.cmake"
  INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/charter")
write_basic_package_version_file("${CMAKE_BINARY_DIR}/charter-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/charter-config.cmake" "${CMAKE_BINARY_DIR}/charter-config-version.cmake"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/charter" COMPONENT sdk)
# From the folder of charter.pc, so that the package may be moved.
file(RELATIVE_PATH CHARTER_PREFIX_OF_PC "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file("${CMAKE_SOURCE_DIR}/client-sdk/cmake/charter.pc.in" "${CMAKE_BINARY_DIR}/charter.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/charter.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT sdk)
