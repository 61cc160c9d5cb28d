"""Every source is listed, and the core links nothing that waits."""

import unittest

import build_files
import house

_NINJA = '''
build policy_alone: CXX_EXECUTABLE_LINKER__policy_alone_Debug a.cc.o | libpolicy.a /usr/lib/libcrypto.so || libpolicy.a
  FLAGS = -g
  LINK_LIBRARIES = libpolicy.a  /usr/lib/libabsl_time.so  /usr/lib/libcrypto.so
  TARGET_FILE = policy_alone

build other: CXX_EXECUTABLE_LINKER__other_Debug b.cc.o | x
  LINK_LIBRARIES = libgateway.a  /usr/lib/libssl.so  -lgrpc++

'''


class TheHouse(unittest.TestCase):

    def lists(self):
        paths = house.files('policy', 'gateway', 'tests',
                            endings=('CMakeLists.txt', '.cmake'))
        return {path: house.read(path) for path in paths}

    def test_every_source_is_listed(self):
        sources = house.files('policy', 'gateway', 'tests', endings='.cc')
        self.assertEqual(build_files.unlisted(sources, self.lists()), [])

    def test_nothing_is_globbed(self):
        found = []
        for path, text in self.lists().items():
            found += build_files.globs(path, text)
        self.assertEqual(found, [])

    def test_the_core_links_alone(self):
        ninja = house.BUILD / 'build.ninja'
        self.assertTrue(ninja.exists(), f'configure {house.BUILD} with Ninja')
        self.assertEqual(
            build_files.forbidden_links(ninja.read_text(encoding='utf-8'),
                                        'policy_alone'), [])


class TheChecks(unittest.TestCase):

    def test_refuses_a_source_that_is_not_listed(self):
        lists = {
            'a/CMakeLists.txt': 'target_sources(a PRIVATE b.cc # c.cc\n d.cc)',
            'f/CMakeLists.txt': 'plimsoll_fuzzer(json)',
        }
        sources = ['a/b.cc', 'a/d.cc', 'f/json_fuzz.cc']
        self.assertEqual(build_files.unlisted(sources, lists), [])
        self.assertEqual(build_files.unlisted([*sources, 'a/c.cc'], lists),
                         ['a/c.cc:1: in no CMakeLists.txt'])
        self.assertEqual(build_files.unlisted(sources[1:], lists),
                         ['a/b.cc: listed, but there is no such file'])

    def test_refuses_a_glob(self):
        self.assertTrue(build_files.globs('a', 'file(GLOB x *.cc)'))
        self.assertFalse(build_files.globs('a', '# no GLOB here'))

    def test_reads_the_link_line(self):
        self.assertEqual(build_files.forbidden_links(_NINJA, 'policy_alone'),
                         [])
        self.assertEqual(build_files.forbidden_links(_NINJA, 'other'), [
            'other links libgateway.a', 'other links /usr/lib/libssl.so',
            'other links -lgrpc++'
        ])
        self.assertEqual(build_files.forbidden_links(_NINJA, 'absent'),
                         ['absent is not built'])


if __name__ == '__main__':
    unittest.main()
