# The Debian packages that `tools/package` makes: charter-server from the install
# component `server`, libcharter-dev from `sdk`, libcharter-testing-dev from
# `testing`, charter-protos from `protos`.
set(packaging "${CMAKE_SOURCE_DIR}/tools/packaging")

install(TARGETS charterd charterctl RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT server)
# lib and not CMAKE_INSTALL_LIBDIR: what systemd reads is of no architecture.
install(FILES "${packaging}/charterd.service" DESTINATION lib/systemd/system COMPONENT server)
install(FILES "${packaging}/charter.conf" DESTINATION lib/sysusers.d COMPONENT server)
# Outside of the prefix, so only where the component is asked for by name.
install(FILES "${packaging}/charterd.toml" DESTINATION /etc/charter COMPONENT server EXCLUDE_FROM_ALL)
install(FILES "${packaging}/tokens.toml" DESTINATION /etc/charter COMPONENT server EXCLUDE_FROM_ALL
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
# Manual pages and completion say what the programs' --help says.
install(CODE "execute_process(COMMAND python3 \"${packaging}/manuals.py\" --charterd \"$<TARGET_FILE:charterd>\"
  --charterctl \"$<TARGET_FILE:charterctl>\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}\" COMMAND_ERROR_IS_FATAL ANY)"
  COMPONENT server)

install(DIRECTORY "${CMAKE_SOURCE_DIR}/client-sdk/quickstart" "${CMAKE_SOURCE_DIR}/client-sdk/samples" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libcharter-dev/examples" COMPONENT sdk)
install(FILES "${CMAKE_SOURCE_DIR}/client-sdk/README.md" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libcharter-dev" COMPONENT sdk)

# What stands in all packages, and in each.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME charter)
set(CPACK_PACKAGE_VENDOR "Charter developers")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "Charter developers <charter@charter.dev>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# charter_package(COMPONENT NAME SECTION s DESCRIPTION d [DEPENDS …] [SUGGESTS …])
macro(charter_package component name)
  cmake_parse_arguments(PACKAGE "" "SECTION;DESCRIPTION" "DEPENDS;SUGGESTS" ${ARGN})
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  string(TOUPPER "${component}" COMPONENT)
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME "${name}")
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_SECTION "${PACKAGE_SECTION}")
  set(CPACK_DEBIAN_${COMPONENT}_DESCRIPTION "${PACKAGE_DESCRIPTION}")
  list(JOIN PACKAGE_DEPENDS ", " CPACK_DEBIAN_${COMPONENT}_PACKAGE_DEPENDS)
  list(JOIN PACKAGE_SUGGESTS ", " CPACK_DEBIAN_${COMPONENT}_PACKAGE_SUGGESTS)
  install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${name}" COMPONENT ${component} RENAME copyright)
endmacro()

# Business hours need the zones' data; the programs' libraries are looked up.
charter_package(server charter-server SECTION net
  DEPENDS systemd-sysusers tzdata
  SUGGESTS mariadb-server
  DESCRIPTION "Server for support entitlements, clocks and contracts
charterd keeps the promises that a support team makes: it knows who is entitled
to help and when the clocks of a case run, warn and are violated. It has a gRPC
interface and stores in SQLite or MariaDB. charterctl looks after it.
.
Nothing is started: see /etc/charter/charterd.toml, then
systemctl enable --now charterd.")
set(CPACK_DEBIAN_SERVER_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA "${packaging}/conffiles;${packaging}/postinst;${packaging}/prerm")

# gRPC's CMake package wants its plugin for protoc to be there.
charter_package(sdk libcharter-dev SECTION libdevel
  DEPENDS libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev libabsl-dev libre2-dev libssl-dev zlib1g-dev pkg-config
  SUGGESTS libcharter-testing-dev charter-protos
  DESCRIPTION "C++ client of Charter, the service for support entitlements
Typed clients for each service, with deadlines, repetition, paging and the feed
without gaps. Charter's engine for business hours and clocks by itself. For
CMake and pkg-config.")

charter_package(testing libcharter-testing-dev SECTION libdevel
  DEPENDS "libcharter-dev (= ${PROJECT_VERSION})" libsoci-dev libmariadb-dev libsqlite3-dev libspdlog-dev nlohmann-json3-dev libical-dev
    libicu-dev libtomlplusplus-dev tzdata
  DESCRIPTION "Charter in the process of a test
The real server over a temporary file, on a clock that the test turns: for tests
of programs that use libcharter-dev.")

charter_package(protos charter-protos SECTION devel
  DESCRIPTION "The interface of Charter, the service for support entitlements
Protocol buffers and their descriptor set, for clients in other languages and
for command-line clients of gRPC.")
set(CPACK_DEBIAN_PROTOS_PACKAGE_ARCHITECTURE all)

include(CPack)
# What must be built before packages can be made of this tree.
add_custom_target(packaged DEPENDS charterd charterctl charter_client charter_testing charter_sla_clock charter_protoset)
