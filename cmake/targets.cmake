# Warnings, sanitizers and hardening for our own targets; called once a target.
function(plimsoll_target target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  if(PLIMSOLL_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${PLIMSOLL_SANITIZE} -fno-sanitize-recover=all
      -fno-omit-frame-pointer
      # clang 14 cannot lay out its marks in the parts of a coroutine.
      $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
    target_link_options(${target} PUBLIC -fsanitize=${PLIMSOLL_SANITIZE})
    if(PLIMSOLL_SANITIZE STREQUAL "thread")
      # It knows no fences, and g++ refuses them; Asio's locks say the same.
      target_compile_definitions(${target} PRIVATE
        BOOST_ASIO_DISABLE_FENCED_BLOCK)
    endif()
  endif()
endfunction()

# plimsoll_test(NAME name SOURCES a_test.cc ... LIBRARIES lib ... [LABELS l ...])
# One executable and one ctest entry for a folder's tests.
function(plimsoll_test)
  cmake_parse_arguments(T "" "NAME" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${T_NAME} ${T_SOURCES})
  plimsoll_target(${T_NAME})
  target_link_libraries(${T_NAME} PRIVATE ${T_LIBRARIES} GTest::gmock
                                          GTest::gtest_main)
  target_compile_definitions(${T_NAME} PRIVATE
    PLIMSOLL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${T_NAME} COMMAND ${T_NAME})
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT 300 LABELS
    "unit;${T_LABELS}")
endfunction()
