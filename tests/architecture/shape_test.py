"""Files are small, open with what they are, leave nothing undone, and keep no
state of their own."""

import unittest

import house
import shape

_TEXT = ('.h', '.cc', '.py', '.proto', '.sh', '.cmake', 'CMakeLists.txt',
         '.yaml', '.tpl')


class TheHouse(unittest.TestCase):

    def each(self, check, files):
        found = []
        for path, text in files.items():
            found += check(path, text)
        self.assertEqual(found, [])

    def test_no_file_is_over_the_limit(self):
        paths = house.files(endings=_TEXT) + house.files('scripts', endings='')
        self.each(shape.too_long, {p: house.read(p) for p in paths})

    def test_headers_open_with_what_they_are(self):
        self.each(shape.opens_badly, house.tree('policy', 'gateway', 'tests'))

    def test_nothing_is_left_undone(self):
        paths = house.files(endings=(*_TEXT, '.md'))
        self.each(shape.undone, {p: house.read(p) for p in paths})

    def test_house_habits_hold(self):
        self.each(shape.foreign_habits, house.tree('policy', 'gateway'))

    def test_nothing_lasts_beyond_a_call(self):
        self.each(shape.lasting_objects, house.tree('policy', 'gateway'))


class TheChecks(unittest.TestCase):

    def refuses(self, check, path, texts):
        for text in texts:
            with self.subTest(text):
                self.assertEqual(len(check(path, text)), 1)

    def allows(self, check, path, texts):
        for text in texts:
            with self.subTest(text):
                self.assertEqual(check(path, text), [])

    def test_size_is_judged_at_its_limit(self):
        self.allows(shape.too_long, 'a.cc', ['x\n' * 400, ''])
        self.refuses(shape.too_long, 'a.cc', ['x\n' * 401, 'x\n' * 400 + 'x'])

    def test_openings(self):
        guard = '#ifndef PLIMSOLL_A_B_H_\n#define PLIMSOLL_A_B_H_\n#endif\n'
        self.allows(shape.opens_badly, 'a/b.h', ['// A thing.\n' + guard])
        self.allows(shape.opens_badly, 'a/b.cc', ['#include <string>\n'])
        self.refuses(shape.opens_badly, 'a/b.h', [
            guard, '\n// Late.\n' + guard, '//\n' + guard,
            '// A thing.\n#pragma once\n',
            '// A thing.\n#ifndef B_H_\n#define B_H_\n#endif\n'
        ])

    def test_words_of_unfinished_work(self):
        self.refuses(shape.undone, 'a.cc', [
            '// TO' + 'DO: later', '// FIX' + 'ME', 'int x; // XX' + 'X',
            '// good enough for n' + 'ow', '// HA' + 'CK around it'
        ])
        self.allows(shape.undone, 'a.cc', [
            'for (auto now : times)', '// waits for nowhere', 'HACKNEY',
            '"xx' + 'x"'
        ])

    def test_foreign_habits(self):
        self.refuses(shape.foreign_habits, 'a.h',
                     ['void F(std::string_view s);', 'throw Error();'])
        self.allows(shape.foreign_habits, 'a.h', [
            'void F(absl::string_view s);', '// does not throw',
            'auto s = "throw";'
        ])
        self.allows(shape.foreign_habits, 'a.cc',
                    ['std::string_view v = element.get_string();'])

    def test_lasting_objects(self):
        within = 'namespace a {\nnamespace {\n%s\n}  // namespace\n}\n'
        bad = [
            'int counter = 0;', 'std::string name;',
            'const std::string kName = "x";', 'static std::map<int, X> m;',
            'const bool registered = Register("x", &F);',
            'auto* table = new Table{1, 2};', 'std::vector<int> v{1, 2};',
            'void F() {\n  static Table table;\n}',
            'void F() {\n  static int calls = 0;\n  ++calls;\n}',
            'struct S {\n  static int count;\n};',
            'struct S {\n  inline static int count = 0;\n};',
            'class A {\n private:\n  static inline int a{0};\n};',
            'thread_local Parser parser;', 'REGISTER_CHECK(base, Base);',
        ]
        self.refuses(shape.lasting_objects, 'a.cc', [within % b for b in bad])
        good = [
            'constexpr int kMax = 3;', 'inline constexpr Row kRows[] = {{1}};',
            'int F(int a = 3);', 'using A = B;', 'struct S {\n  int x = 0;\n};',
            'static int F() { return 1; }', 'enum class E { kA, kB };',
            'void F() {\n  int x = 0;\n  auto f = [x] { return x; };\n}',
            'void F() {\n  static const auto* const kTable = new Table{1};\n}',
            'class C {\n  static StatusOr<C> New(int x);\n  int x_ = 0;\n};',
            'template <typename T>\nT F(T x) {\n  return x;\n}',
            'bool operator==(const A& a, const A& b);',
            'C::C(int x) : x_(x), y_{x} { y_ = 2; }',
            'struct S {\n  static constexpr int kMax = 3;\n};', 'class C;',
        ]
        self.allows(shape.lasting_objects, 'a.cc', [within % g for g in good])


if __name__ == '__main__':
    unittest.main()
