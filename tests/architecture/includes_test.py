"""The core is pure, and includes go one way."""

import unittest

import house
import includes
from rooms import CORE, ROOMS


class TheHouse(unittest.TestCase):

    def test_the_core_touches_nothing_that_waits(self):
        found = []
        for path, text in house.tree('policy').items():
            found += includes.forbidden_in_core(path, text)
        self.assertEqual(found, [])

    def test_yaml_is_read_in_one_place(self):
        found = []
        for path, text in house.tree('policy', 'gateway').items():
            found += includes.yaml_outside_its_readers(path, text)
        self.assertEqual(found, [])

    def test_includes_go_one_way(self):
        graph = includes.reach(ROOMS)
        files = house.tree('policy', 'gateway')
        self.assertGreater(len(files), 20)
        self.assertEqual(includes.wrong_direction(files, graph), [])

    def test_no_two_headers_include_each_other(self):
        self.assertEqual(includes.cycles(house.tree('policy', 'gateway')), [])

    def test_the_core_stands_on_itself(self):
        below = includes.reach(ROOMS)
        for room in CORE:
            self.assertLessEqual(below[room], set(CORE))


class TheChecks(unittest.TestCase):

    def test_refuses_what_waits_or_prints(self):
        lines = [
            '#include "gateway/task.h"', '#include <grpcpp/grpcpp.h>',
            '#include <google/protobuf/message.h>',
            '#include <openssl/ssl.h>', '#include <sys/socket.h>',
            '#include <thread>', '#include <mutex>', '#include <fstream>',
            '#include <iostream>', '#include <boost/asio/post.hpp>',
            '#include "absl/time/clock.h"', '  #  include <chrono>',
            'auto now = absl::Now();', 'getenv("HOME");',
            'std::cerr << "no";', 'printf("%d", 1);',
            'auto t = std::chrono::steady_clock::now();'
        ]
        for line in lines:
            with self.subTest(line):
                self.assertEqual(
                    len(includes.forbidden_in_core('policy/a.cc', line)), 1)

    def test_allows_what_is_pure(self):
        text = '''// absl::Now() is the shell's; so is <thread>.
#include <string>
#include "absl/time/time.h"
#include <openssl/evp.h>
const char* text = "getenv(HOME)";
int exit_code = rule.exit;
if (bad) std::abort();
'''
        self.assertEqual(includes.forbidden_in_core('policy/a.cc', text), [])

    def test_refuses_yaml_outside_its_readers(self):
        text = '#include <yaml-cpp/yaml.h>\n'
        self.assertTrue(
            includes.yaml_outside_its_readers('policy/rules/a.cc', text))
        self.assertFalse(
            includes.yaml_outside_its_readers('policy/language/a.cc', text))

    def test_refuses_an_include_against_the_arrow(self):
        graph = includes.reach({'a': [], 'b': ['a'], 'b/port': [], 'c': ['b']})
        against = {
            'a/x.h': '#include "b/y.h"\n',
            'a/z.cc': '#include "c/y.h"\n',
            'b/port.h': '#include "b/y.h"\n',
        }
        self.assertEqual(len(includes.wrong_direction(against, graph)), 3)
        along = {
            'b/x.h': '#include "a/y.h"\n#include "b/z.h"\n#include <string>\n',
            'c/x.h': '#include "a/y.h"\n#include "b/port.h"\n',
        }
        self.assertEqual(
            includes.wrong_direction({'c/x.h': along['c/x.h']},
                                     includes.reach({
                                         'a': [],
                                         'b/port': [],
                                         'b': ['a', 'b/port'],
                                         'c': ['b']
                                     })), [])
        self.assertEqual(
            includes.wrong_direction({'b/x.h': along['b/x.h']}, graph), [])

    def test_a_unit_may_be_split(self):
        graph = {'a': [], 'a/x': []}
        self.assertEqual(includes.room('a/x_more.cc', graph), 'a/x')
        self.assertEqual(includes.room('a/xy.cc', graph), 'a')

    def test_refuses_a_file_without_a_room(self):
        self.assertEqual(
            len(includes.wrong_direction({'d/x.h': ''}, {'a': []})), 1)

    def test_refuses_a_graph_that_turns(self):
        with self.assertRaises(ValueError):
            includes.reach({'a': ['b'], 'b': ['a']})

    def test_refuses_headers_that_include_each_other(self):
        files = {
            'a/x.h': '#include "a/y.h"\n',
            'a/y.h': '#include "a/z.h"\n',
            'a/z.h': '#include "a/x.h"\n',
            'a/z.cc': '#include "a/y.h"\n#include "a/x.h"\n',
        }
        self.assertEqual(includes.cycles(files),
                         ['a/x.h -> a/y.h -> a/z.h -> a/x.h'])
        files['a/z.h'] = ''
        self.assertEqual(includes.cycles(files), [])


if __name__ == '__main__':
    unittest.main()
