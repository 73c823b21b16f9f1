#!/usr/bin/env python3
"""Installs the SDK into an empty folder and uses it from there as others do.

  install_test.py --build DIR --source DIR --charterd FILE
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from running import cached, run

ARGUMENTS = None

# The engine's own test of its answers, as a program of somebody who has only what is installed.
ENGINE_PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(engine LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(charter REQUIRED COMPONENTS sla)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
file(GLOB sources tests/vectors/*.cc)
add_executable(engine ${sources})
target_include_directories(engine PRIVATE .)
target_compile_definitions(engine PRIVATE CHARTER_CONFORMANCE_FILE="${CMAKE_CURRENT_SOURCE_DIR}/conformance.json")
target_link_libraries(engine PRIVATE charter::sla GTest::gtest_main nlohmann_json::nlohmann_json)
"""


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.prefix = cls.root / "installed"
        cls.do_as_the_read_me_says("cmake --install")
        cls.quickstart = pathlib.Path(ARGUMENTS.source) / "client-sdk/quickstart"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_nothing_installed_names_where_it_was_built(self):
        for file in self.prefix.rglob("*"):
            if file.suffix in (".cmake", ".pc"):
                text = file.read_text()
                for place in (ARGUMENTS.build, ARGUMENTS.source, str(self.prefix)):
                    self.assertNotIn(place, text, file)

    def test_every_public_header_compiles_alone(self):
        include = self.prefix / "include/charter"
        written = [str(header.relative_to(include.parent)) for folder in (include, include / "client", include / "testing")
                   for header in sorted(folder.glob("*.h"))]
        generated = [str(header.relative_to(include.parent)) for folder in (include / "v1", include.parent / "google/longrunning")
                     for pattern in ("*_client.h", "*_fields.h", "mock_*.h") for header in sorted(folder.glob(pattern))]
        engine = self.public_headers_of_the_engine()
        for headers, enough in ((written, 25), (generated, 40), (engine, 14)):
            self.assertGreaterEqual(len(headers), enough)
        flags = [*shlex.split(self.pkg_config("--cflags")), f"-I{include}/engine"]
        # One after the other in one file finds what a header lacks only where it
        # comes first: the hand-written ones come alone, the generated together.
        texts = [f'#include "{header}"\n' for header in written + engine]
        texts.append("".join(f'#include "{header}"\n' for header in generated))
        for text in texts:
            # From a folder of ours: the compiler looks for headers where it stands first, which may be in the tree.
            run("c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", *flags, "-x", "c++", "-", input=text, cwd=self.root)

    @staticmethod
    def public_headers_of_the_engine():
        """Those that the reference tells of; the others are installed because these include them."""
        text = (pathlib.Path(ARGUMENTS.source) / "tools/reference/CMakeLists.txt").read_text()
        return [f"server/sla/{header}" for header in re.search(r"foreach\(header IN ITEMS ([^)]*)\)", text)[1].split()]

    def test_the_engine_as_installed_computes_right(self):
        # Copies, so that no folder has `server/sla` beside them from which it could be included instead.
        project = self.root / "engine"
        (project / "tests/vectors").mkdir(parents=True)
        vectors = pathlib.Path(ARGUMENTS.source) / "tests/vectors"
        for file in (*vectors.glob("engine_*"), *vectors.glob("conformance_file.*")):
            shutil.copy(file, project / "tests/vectors")
        shutil.copy(vectors / "data/conformance.json", project)
        (project / "CMakeLists.txt").write_text(ENGINE_PROJECT)
        build = project / "build"
        run("cmake", "-S", project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}", env=cached(self.root))
        self.assertNotIn("gRPC_DIR", (build / "CMakeCache.txt").read_text())  # the engine stands by itself
        run("cmake", "--build", build, env=cached(self.root))
        # The file has the target of each clock, and all else that is said of it.
        self.assertIn("target_time", (project / "conformance.json").read_text())
        self.assertIn("[  PASSED  ] 1 test.", run(build / "engine"))

    def test_all_is_all(self):
        include = self.prefix / "include/charter"
        public = [h for h in (include / "client").glob("*.h") if h.name not in ("all.h", "generated.h")]
        public += [*(include / "v1").glob("*_client.h"), include / "version.h"]
        self.assertEqual(re.findall(r'#include "charter/(.*)"', (include / "client/all.h").read_text()),
                         sorted(str(header.relative_to(include)) for header in public))

    def pkg_config(self, *arguments):
        return run("pkg-config", *arguments, "charter",
                   env={**os.environ, "PKG_CONFIG_PATH": str(self.prefix / "lib/pkgconfig")})

    @staticmethod
    def read_me(kind, mark=""):
        """The README's blocks of a kind that have the mark in them."""
        text = (pathlib.Path(ARGUMENTS.source) / "client-sdk/README.md").read_text()
        return [block for block in re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S) if mark in block]

    @classmethod
    def do_as_the_read_me_says(cls, mark):
        [block] = cls.read_me("sh", mark)
        for theirs, ours in (("build/release", ARGUMENTS.build), ("/tmp/charter-sdk", str(cls.prefix)),
                             ("/tmp/charter-quickstart", str(cls.root / "quickstart"))):
            block = block.replace(theirs, ours)
        run("bash", "-euc", block, cwd=ARGUMENTS.source, env=cached(cls.root))

    def test_what_the_read_me_shows_stands_in_the_quickstart_or_a_sample(self):
        files = [*self.quickstart.iterdir(), *(pathlib.Path(ARGUMENTS.source) / "client-sdk/samples").iterdir()]
        code = ["\n".join(line.strip() for line in file.read_text().splitlines()) for file in files]
        blocks = self.read_me("cpp") + self.read_me("cmake")
        self.assertGreater(len(blocks), 3)
        for block in blocks:
            block = "\n".join(line.strip() for line in block.strip().splitlines())
            self.assertTrue(any(block in text for text in code), block)

    def test_the_quickstart_builds_by_cmake_and_its_tests_pass(self):
        self.do_as_the_read_me_says("cmake -S")

    def test_the_samples_build_by_cmake_and_their_tests_pass(self):
        build = self.root / "samples"
        run("cmake", "-S", pathlib.Path(ARGUMENTS.source) / "client-sdk/samples", "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", env=cached(self.root))
        run("cmake", "--build", build, env=cached(self.root))
        run("ctest", "--test-dir", build, "--output-on-failure")

    def test_the_quickstart_builds_by_pkg_config_and_talks_to_a_server(self):
        program = self.root / "quickstart/by-pkg-config"
        program.parent.mkdir(exist_ok=True)
        self.do_as_the_read_me_says("pkg-config --cflags")
        server = subprocess.Popen(
            [ARGUMENTS.charterd, "--listen", "127.0.0.1:0", "--database", f"sqlite://{self.root}/charter.db", "--insecure"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            for line in server.stdout:
                if found := re.match(r"listening on (\S+)", line):
                    break
            asked = subprocess.run([program, "nobody", "Help"], capture_output=True, text=True,
                                   env={**os.environ, "CHARTER_ENDPOINT": found[1]})
            self.assertEqual(asked.returncode, 1)
            self.assertIn("NOT_FOUND: nobody is called so: nobody", asked.stderr)
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()

    def test_the_client_alone_needs_nothing_of_the_servers(self):
        build = self.root / "client-only"
        run("cmake", "-S", ARGUMENTS.source, "-B", build, "-G", "Ninja", "-DCHARTER_CLIENT_ONLY=ON", "-DCHARTER_TESTS=OFF")
        targets = run("ninja", "-C", build, "-t", "targets", "all")
        self.assertIn("libcharter_client.a", targets)
        self.assertIn("libcharter_sla_clock.a", targets)
        for absent in ("charterd:", "charter_storage", "charter_testing"):
            self.assertNotIn(absent, targets)
        for library in ("SOCI", "MARIADB", "SQLITE3", "spdlog", "TOMLPLUSPLUS"):
            self.assertNotIn(library, (build / "CMakeCache.txt").read_text())

    def test_a_component_that_there_is_not_is_refused_by_name(self):
        source = self.root / "wrong"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(wrong LANGUAGES CXX)\n"
            "find_package(charter REQUIRED COMPONENTS sever)\n")
        done = subprocess.run(["cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}"],
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no `sever`", re.sub(r"\s+", " ", done.stderr))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--charterd", required=True)
    ARGUMENTS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
