# Compiler settings and the options a build may choose.
option(CHARTER_TESTS "Build the tests" ON)
option(CHARTER_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(CHARTER_ENGINE_ONLY "Build server/sla, server/contracts and their tests alone" OFF)
option(CHARTER_CLIENT_ONLY "Build and install charter::client and charter::sla alone, without tests" OFF)
option(CHARTER_WERROR "A warning ends the build; off where others compile this with their own tools" ON)
set(CHARTER_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Dev CACHE STRING "" FORCE)
endif()
# Dev: quick to compile on two cores, yet not slow to run; line tables only.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1 -D_GLIBCXX_ASSERTIONS" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -D_FORTIFY_SOURCE=2 -fstack-protector-strong" CACHE STRING "" FORCE)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

if(CHARTER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CHARTER_SANITIZE)
  add_compile_options(-fsanitize=${CHARTER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CHARTER_SANITIZE})
  if(CHARTER_SANITIZE MATCHES "undefined")
    # SOCI's shared objects hide their type information.
    add_compile_options(-fno-sanitize=vptr)
    add_link_options(-fno-sanitize=vptr)
  endif()
endif()

include_directories("${CMAKE_SOURCE_DIR}")

# charter_warnings(TARGET): our own code compiles without a warning. GCC 12 takes
# the moves of std::variant, once inlined, for reads of uninitialized memory.
function(charter_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
  if(CHARTER_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (CHARTER_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Release"))
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
  endif()
endfunction()

# charter_library(NAME SOURCES a.cc … [DEPS target …]): one folder of ours, a
# static library that sees what DEPS names and nothing else.
function(charter_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  target_compile_features(${name} PUBLIC cxx_std_20)
  charter_warnings(${name})
endfunction()
