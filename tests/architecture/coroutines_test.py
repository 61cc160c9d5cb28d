"""The coroutine rule holds, and its lint sees what it must."""

import unittest

import house
import lint_coroutines

_BAD = [
    'co_await f([x] { return x; });',
    'co_await f([x = std::move(x)]() mutable { use(x); });',
    'co_await f([&a, b] { return a + b; });',
    'co_await f([=] { return a; });',
    'co_await f([*this] { return a_; });',
    'auto r = co_await RunOn<int>(pool, [s]() -> int { return s.size(); });',
    'co_await f(Agg{1, "x"});',
    'co_await f({1, "x"});',
    'co_await f(a, {});',
    'co_await Awaiter{socket};',
    'auto [a, b] = co_await f(Pair{1, s});',
    'bool r = ok ? co_await f(Agg{s}) : false;',
    'if (co_await f(Agg{s})) return;',
    'while (!(co_await f({s})).ok()) retry();',
    'co_return Agg{co_await f()};',
    'CO_ASSIGN_OR_RETURN(auto x, co_await f(Agg{s}), "reading");',
    'CO_RETURN_IF_ERROR(co_await f([s] { return s; }));',
    'for (auto& x : co_await f(Agg{s})) use(x);',
    'auto v = std::vector<std::string>{co_await f()};',
    'use(Agg{s}, co_await f());',
    'auto g = [&]() -> Task<> { co_await f(Agg{s}); };',
    'auto s = fresh ? co_await f() : co_await g();',
    'auto s = fresh ? x : co_await g();',
    'auto s = fresh ? x : use((co_await g()).status());',
    'use(a, fresh ? co_await f() : x);',
]

_GOOD = [
    'co_await f(x);',
    'auto s = co_await f() ? x : y;',
    'use(fresh ? x : y, co_await f());',
    'auto s = fresh ? x : y; co_await f();',
    'auto work = [x] { return x; }; co_await f(work);',
    'Agg agg{1, "x"}; co_await f(std::move(agg));',
    'co_await f([&] { return x; });',
    'co_await f([this, &x] { return x; });',
    'co_await f([] { return 1; });',
    'co_await f([&] { return Agg{x}; });',
    'Agg agg{co_await f()};',
    'const std::vector<Agg>& v{co_await f()};',
    'co_await f(size_t{3}, int64_t{4});',
    'auto g = [x]() -> Task<> { co_await f(x); };',
    'auto g = [x] { return Agg{x}; }; g(); co_await f();',
    'if (x) { use(Agg{s}); } co_await f();',
    'if (use(Agg{s})) co_await f();',
    'for (const Row& row : rows) { co_await f(row); }',
    'for (auto x : {1, 2}) { co_await f(x); }',
    'switch (co_await f()) { case kA: { use(Agg{1}); } }',
    'std::vector<int> v = {1, 2}; co_await f(v[0], row[i]);',
    '// co_await f(Agg{s});',
    'log("co_await f({1})");',
    'if (auto s = co_await f(); !s.ok()) { use({1}); }',
]

_WITHIN = 'namespace a {\nTask<int> C::F(std::string s) const {\n  %s\n}\n}\n'


class TheHouse(unittest.TestCase):

    def test_no_state_is_braced_beside_co_await(self):
        found = []
        for path, text in house.tree('gateway', 'tests').items():
            found += [
                f'{path}:{line}: {message}'
                for line, message in lint_coroutines.violations(text)
            ]
        self.assertEqual(found, [])


class TheLint(unittest.TestCase):

    def test_refuses(self):
        for statement in _BAD:
            with self.subTest(statement):
                self.assertTrue(
                    lint_coroutines.violations(_WITHIN % statement))

    def test_allows(self):
        for statement in _GOOD:
            with self.subTest(statement):
                self.assertEqual(
                    lint_coroutines.violations(_WITHIN % statement), [])

    def test_names_the_line(self):
        text = _WITHIN % 'co_await f(\n      a,\n      Agg{s});'
        self.assertEqual([line for line, _ in lint_coroutines.violations(text)],
                         [5])


if __name__ == '__main__':
    unittest.main()
