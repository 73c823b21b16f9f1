# How tests are declared, and the labels by which a run picks them.

# From what should fail first to what takes longest; ctest starts them in this
# order. `tsan` may stand beside any: the thread sanitizer runs it as well.
set(CHARTER_TEST_LABELS lint unit fuzz vector property storage service e2e kill)

# A label's programs: `ninja tests_storage` builds what `ctest -L storage` runs.
foreach(label IN LISTS CHARTER_TEST_LABELS ITEMS tsan)
  add_custom_target(tests_${label})
endforeach()

# Where the programs of a run of the tests record the SQL texts that they send:
# tests/storage/statements checks them when the last of those tests has ended.
set(CHARTER_STATEMENT_TEXTS "${CMAKE_BINARY_DIR}/statements")

# charter_record_statements(NAME …): these tests, which send the product's SQL.
function(charter_record_statements)
  set_tests_properties(${ARGN} PROPERTIES
    ENVIRONMENT "CHARTER_STATEMENT_TEXTS=${CHARTER_STATEMENT_TEXTS}" FIXTURES_REQUIRED statements)
endfunction()

# charter_label_test(NAME [TARGET t] [TIMEOUT s] LABELS l …): gives the ctest
# NAME, whose program is the target t, its labels, its place and its time limit
# in seconds (300). Those of services and servers record their SQL texts.
function(charter_label_test name)
  cmake_parse_arguments(ARG "" "TARGET;TIMEOUT" "LABELS" ${ARGN})
  set(cost 0)
  foreach(label IN LISTS ARG_LABELS)
    list(FIND CHARTER_TEST_LABELS "${label}" place)
    if(place EQUAL -1 AND NOT label STREQUAL tsan)
      message(FATAL_ERROR "${name}: no such test label: ${label}; there are ${CHARTER_TEST_LABELS} and tsan")
    endif()
    if(NOT label STREQUAL tsan)
      math(EXPR cost "1000 - 100 * ${place}")
    endif()
    if(ARG_TARGET)
      add_dependencies(tests_${label} ${ARG_TARGET})
    endif()
  endforeach()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" COST ${cost} TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LABELS MATCHES "service|e2e|kill")
    charter_record_statements(${name})
  endif()
  if("kill" IN_LIST ARG_LABELS)
    # Each keeps a server and its writers busy: one at a time.
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK kill)
  endif()
endfunction()

# charter_test(NAME SOURCES a.cc … DEPS target … [LABELS l …] [THREADS]
# [TIMEOUT s]): a GoogleTest program that is one ctest entry. Without LABELS it
# is a unit test, or under tests/storage a storage test. THREADS: it has some of
# its own, so the thread sanitizer runs it as well.
function(charter_test name)
  cmake_parse_arguments(ARG "THREADS" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  charter_warnings(${name})
  if(CHARTER_SANITIZE)
    # The code that is tested keeps its optimization; tests compile a third faster without.
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/(storage|conformance)(/|$)")
      set(ARG_LABELS storage)
    else()
      set(ARG_LABELS unit)
    endif()
  endif()
  if(ARG_THREADS)
    list(APPEND ARG_LABELS tsan)
  endif()
  charter_label_test(${name} TARGET ${name} TIMEOUT "${ARG_TIMEOUT}" LABELS ${ARG_LABELS})
endfunction()
