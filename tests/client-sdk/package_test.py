#!/usr/bin/env python3
"""Makes the Debian packages of a build tree and looks at what is in them.

  package_test.py --build DIR --source DIR --version VERSION

They are unpacked and not installed: that would change the machine.
"""

import argparse
import fnmatch
import gzip
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

# Per package: its architecture, patterns of which each must be met, and which
# together must meet every file; and what its control file must say.
HEADERS = ["usr/include/charter/version.h", "usr/include/charter/client/*.h", "usr/include/charter/v1/*.h", "usr/include/charter/engine/server/sla/*.h",
           "usr/include/google/*.pb.h", "usr/include/google/longrunning/*_client.h", "usr/include/google/longrunning/mock_*.h"]
PACKAGES = {
    "charter-server": (
        "amd64",
        ["etc/charter/charterd.toml", "etc/charter/tokens.toml", "usr/bin/charterd", "usr/bin/charterctl",
         "usr/lib/systemd/system/charterd.service", "usr/lib/sysusers.d/charter.conf", "usr/share/man/man8/charterd.8.gz",
         "usr/share/man/man1/charterctl.1.gz", "usr/share/bash-completion/completions/charterd",
         "usr/share/bash-completion/completions/charterctl"],
        ["libgrpc++1.51", "libmariadb3", "libsqlite3-0", "tzdata", "systemd-sysusers"]),
    "libcharter-dev": (
        "amd64",
        HEADERS + ["usr/lib*/libcharter_client.a", "usr/lib*/libcharter_protos.a", "usr/lib*/libcharter_annotations.a",
                   "usr/lib*/libcharter_sla_*.a", "usr/lib*/cmake/charter/charter-config.cmake",
                   "usr/lib*/cmake/charter/charter-config-version.cmake", "usr/lib*/cmake/charter/charter-client*.cmake",
                   "usr/lib*/cmake/charter/charter-sla*.cmake", "usr/lib*/pkgconfig/charter.pc",
                   "usr/share/doc/libcharter-dev/README.md", "usr/share/doc/libcharter-dev/examples/quickstart/*",
                   "usr/share/doc/libcharter-dev/examples/samples/*"],
        ["libgrpc++-dev", "protobuf-compiler-grpc", "libprotobuf-dev", "libabsl-dev", "libre2-dev", "libssl-dev", "zlib1g-dev", "pkg-config"]),
    "libcharter-testing-dev": (
        "amd64",
        ["usr/include/charter/testing/fake_charter.h", "usr/lib*/libcharter_*.a", "usr/lib*/cmake/charter/FindSOCI.cmake",
         "usr/lib*/cmake/charter/charter-testing*.cmake"],
        ["libcharter-dev (= {version})", "libsoci-dev", "libmariadb-dev", "libsqlite3-dev", "libical-dev", "libicu-dev"]),
    "charter-protos": (
        "all",
        ["usr/share/charter/charter_v1.protoset", "usr/share/charter/protos/charter/v1/*.proto",
         "usr/share/charter/protos/google/*.proto", "usr/share/charter/protos/grpc/*.proto",
         "usr/share/charter/protos/*/LICENSE"],
        []),
}


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        run("cpack", "--config", f"{ARGUMENTS.build}/CPackConfig.cmake", "-B", cls.root / "packages")
        cls.debs, cls.trees = {}, {}
        for deb in (cls.root / "packages").glob("*.deb"):
            name = deb.name.split("_")[0]
            cls.debs[name] = deb
            cls.trees[name] = cls.root / name
            run("dpkg-deb", "-x", deb, cls.trees[name])
        cls.server = cls.trees["charter-server"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def field(self, name, field):
        return run("dpkg-deb", "-f", self.debs[name], field).strip()

    def test_there_are_these_packages_with_these_files_and_no_others(self):
        self.assertEqual(set(self.debs), set(PACKAGES))
        for name, (_, patterns, _) in PACKAGES.items():
            files = [str(f.relative_to(self.trees[name])) for f in self.trees[name].rglob("*") if not f.is_dir()]
            patterns = patterns + [f"usr/share/doc/{name}/copyright"]
            for pattern in patterns:
                self.assertTrue(fnmatch.filter(files, pattern), f"{name} lacks {pattern}")
            for file in files:
                self.assertTrue(any(fnmatch.fnmatch(file, p) for p in patterns), f"{name}: {file} is not expected")

    def test_no_file_is_in_two_packages(self):
        seen = {}
        for name, tree in self.trees.items():
            for file in (f.relative_to(tree) for f in tree.rglob("*") if not f.is_dir()):
                self.assertNotIn(file, seen, f"{name} and {seen.get(file)}")
                seen[file] = name

    def test_control_fields(self):
        for name, (architecture, _, needs) in PACKAGES.items():
            self.assertEqual(self.field(name, "Package"), name)
            self.assertEqual(self.field(name, "Version"), ARGUMENTS.version)
            if architecture == "amd64":
                architecture = run("dpkg", "--print-architecture").strip()
            self.assertEqual(self.field(name, "Architecture"), architecture)
            self.assertEqual(self.field(name, "Maintainer"), "Charter developers <charter@charter.dev>")
            self.assertGreater(len(self.field(name, "Description").splitlines()), 2, name)
            self.assertTrue(self.field(name, "Description").endswith("."), name)
            depends = self.field(name, "Depends")
            for need in needs:
                self.assertIn(need.format(version=ARGUMENTS.version), depends, name)

    def test_only_settings_are_conffiles_and_their_owner_alone_reads_tokens(self):
        control = self.root / "control"
        run("dpkg-deb", "-e", self.debs["charter-server"], control)
        self.assertEqual((control / "conffiles").read_text().split(), ["/etc/charter/charterd.toml", "/etc/charter/tokens.toml"])
        for script in ("postinst", "prerm"):
            run("sh", "-n", control / script)
            self.assertTrue(os.access(control / script, os.X_OK), script)
        self.assertEqual((self.server / "etc/charter/tokens.toml").stat().st_mode & 0o777, 0o640)

    def test_no_text_names_the_build_machine(self):
        places = [ARGUMENTS.build.encode(), ARGUMENTS.source.encode(), str(self.root).encode()]
        for tree in self.trees.values():
            for file in tree.rglob("*"):
                if file.is_dir() or file.is_symlink():
                    continue
                data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
                if b"\0" in data[:8192]:
                    continue  # no text
                for place in places:
                    # Not as the end of another path: a tree may be called /src.
                    self.assertIsNone(re.search(rb"(?<![\w.-])" + re.escape(place), data), file)

    def test_the_programs_run(self):
        for program in ("charterd", "charterctl"):
            path = self.server / "usr/bin" / program
            self.assertEqual(run(path, "--version"), f"{program} {ARGUMENTS.version}\n")
            self.assertIn(f"Usage: {program} [OPTIONS]", run(path, "--help"))

    def test_the_settings_that_come_with_it_are_valid_and_so_are_its_examples(self):
        charterd, file = self.server / "usr/bin/charterd", self.server / "etc/charter/charterd.toml"
        shown = run(charterd, "--config", file, "--print-config", env={"STATE_DIRECTORY": "/var/lib/charter"})
        self.assertIn("/etc/charter/tokens.toml", shown)
        self.assertIn("sqlite:///var/lib/charter/charter.db", shown)
        self.assertIn("insecure = false", shown)
        examples = self.root / "examples.toml"
        examples.write_text(re.sub(r"^# (\w+ = )", r"\1", file.read_text(), flags=re.M))
        shown = run(charterd, "--config", examples, "--print-config", env={})
        self.assertIn("mysql://charter@127.0.0.1:3306/charter", shown)
        # Every setting stands there, but for the one that is for tries.
        for key in re.findall(r"^(\w+) = ", shown, re.M):
            if key != "insecure":
                self.assertRegex(examples.read_text(), rf"(?m)^{key} = ")

    def test_it_starts_as_it_comes_and_lets_nobody_in(self):
        tree = self.server
        server = subprocess.Popen(
            [tree / "usr/bin/charterd", "--config", tree / "etc/charter/charterd.toml", "--tokens", tree / "etc/charter/tokens.toml",
             "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={"STATE_DIRECTORY": str(self.root / "state")})
        try:
            found = next(found for line in server.stdout if (found := re.match(r"listening on (\S+)", line)))
            asked = subprocess.run([tree / "usr/bin/charterctl", "--server", found[1], "watch", "--count", "1"], capture_output=True,
                                   text=True, timeout=60, env={"CHARTER_TOKEN": "any"})
            self.assertEqual(asked.returncode, 1)
            self.assertIn("token", asked.stderr)
        finally:
            server.terminate()
            self.assertEqual(server.wait(), 0)
            server.stdout.close()

    def test_the_unit_is_sound(self):
        unit = self.server / "usr/lib/systemd/system/charterd.service"
        text = unit.read_text()
        for line in ("User=charter", "StateDirectory=charter", "ProtectSystem=strict", "NoNewPrivileges=true"):
            self.assertIn(f"\n{line}\n", text)
        if shutil.which("systemd-analyze"):
            # The program stands elsewhere here.
            copy = self.root / "charterd.service"
            copy.write_text(text.replace("=/usr/bin/", f"={self.server}/usr/bin/"))
            said = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True)
            self.assertEqual((said.returncode, [line for line in said.stderr.splitlines() if "charterd" in line]), (0, []))

    def test_its_user_can_be_made(self):
        users = "usr/lib/sysusers.d/charter.conf"
        self.assertRegex((self.server / users).read_text(), r"(?m)^u charter ")
        if shutil.which("systemd-sysusers"):
            tree = self.root / "users"
            (tree / users).parent.mkdir(parents=True)
            (tree / "etc").mkdir()
            shutil.copy(self.server / users, tree / users)
            run("systemd-sysusers", f"--root={tree}", "charter.conf")
            self.assertRegex((tree / "etc/passwd").read_text(), r"(?m)^charter:.*:/var/lib/charter:")

    def test_completion(self):
        folder = self.server / "usr/share/bash-completion/completions"

        def offers(*words):
            text = f'. "$1"; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _{words[0]}; echo "${{COMPREPLY[*]}}"'
            return run("bash", "-c", text, "-", folder / words[0]).split()

        for program in ("charterd", "charterctl"):
            run("bash", "-n", folder / program)
        self.assertEqual(offers("charterd", "--tls-c"), ["--tls-cert", "--tls-client-ca"])
        self.assertEqual(offers("charterd", "--tls-cert", ""), [])  # files
        self.assertEqual(offers("charterctl", "--server", "status", "imp"), ["import"])
        self.assertEqual(offers("charterctl", "--tls-c"), ["--tls-ca", "--tls-cert"])
        self.assertEqual(offers("charterctl", "import", "con"), ["contacts", "contracts"])
        self.assertEqual(offers("charterctl", "import", "contacts", "--dry"), ["--dry-run"])

    def test_manual_pages_say_all_that_help_says(self):
        for program, page in (("charterd", "man8/charterd.8.gz"), ("charterctl", "man1/charterctl.1.gz")):
            text = gzip.decompress((self.server / "usr/share/man" / page).read_bytes()).decode()
            self.assertNotIn("@", re.sub(r"[Uu][Ss][Ee][Rr]@", "", text))
            for flag in re.findall(r"--[\w-]+", run(self.server / "usr/bin" / program, "--help")):
                self.assertIn(flag.replace("-", r"\-"), text)
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-ww", "-Tutf8"], input=text, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def develop(self, name, *packages):
        """A folder with these packages unpacked into it."""
        folder = self.root / name
        for package in packages:
            run("dpkg-deb", "-x", self.debs[package], folder)
        return folder / "usr"

    def test_the_quickstart_builds_from_the_packages_and_its_tests_pass(self):
        usr = self.develop("development", "libcharter-dev", "libcharter-testing-dev")
        build = self.root / "quickstart"
        run("cmake", "-S", usr / "share/doc/libcharter-dev/examples/quickstart", "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={usr}",
            env=cached(self.root))
        run("cmake", "--build", build, env=cached(self.root))
        run("ctest", "--test-dir", build, "--output-on-failure")

    def test_without_the_testing_package_its_component_is_missed_by_name(self):
        usr = self.develop("client-alone", "libcharter-dev")
        source = self.root / "alone"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(alone LANGUAGES CXX)\n"
            "find_package(charter REQUIRED COMPONENTS client sla)\nfind_package(charter REQUIRED COMPONENTS testing)\n")
        done = subprocess.run(["cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={usr}"],
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("CMakeLists.txt:4", done.stderr)
        self.assertIn("component `testing` is not installed", re.sub(r"\s+", " ", done.stderr))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--version", required=True)
    ARGUMENTS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
