# sonotwin_module(NAME SOURCES ... [DEPENDS other modules ...] [LIBRARIES private third parties ...])
# One static library sonotwin::NAME. DEPENDS are sonotwin modules and public; LIBRARIES stay private.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # a module finds its own libraries, whoever links sees them
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

add_library(sonotwin_options INTERFACE)
target_compile_features(sonotwin_options INTERFACE cxx_std_20)
target_compile_options(sonotwin_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${SONOTWIN_WERROR}>>:-Werror>)
find_package(Threads REQUIRED)
target_link_libraries(sonotwin_options INTERFACE Threads::Threads)

function(sonotwin_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(sonotwin_${name} STATIC ${ARG_SOURCES})
  add_library(sonotwin::${name} ALIAS sonotwin_${name})
  target_include_directories(sonotwin_${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/include
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  set_target_properties(sonotwin_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON
                        CXX_EXTENSIONS OFF)
  target_link_libraries(sonotwin_${name} PRIVATE $<BUILD_INTERFACE:sonotwin_options>)
  foreach(module IN LISTS ARG_DEPENDS)
    target_link_libraries(sonotwin_${name} PUBLIC sonotwin::${module})
  endforeach()
  target_link_libraries(sonotwin_${name} PRIVATE ${ARG_LIBRARIES})
endfunction()

# sonotwin_test(NAME SOURCES ... LIBRARIES ...): one GoogleTest program, each case known to ctest.
function(sonotwin_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  target_link_libraries(${name} PRIVATE sonotwin_options ${ARG_LIBRARIES} GTest::gtest_main
                        GTest::gmock)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()

# sonotwin_library_version(NAME VERSION): a third party that `sonotwin version` names.
function(sonotwin_library_version name version)
  if(version STREQUAL "")
    set(version "of unstated version")
  endif()
  set_property(GLOBAL APPEND PROPERTY SONOTWIN_LIBRARY_VERSIONS "${name}=${version}")
endfunction()
