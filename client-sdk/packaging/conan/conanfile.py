"""Builds charter::client and charter::sla out of the tree that it stands in.

conan create client-sdk/packaging/conan --build=missing
"""

import pathlib

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.gnu import PkgConfigDeps


class Charter(ConanFile):
    name = "charter"
    version = "0.1.0"
    description = "C++ client of Charter, the service for support entitlements, and its engine for business hours and clocks"
    license = "Apache-2.0"
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"

    def export_sources(self):
        root = pathlib.Path(self.recipe_folder).parents[2]
        for pattern in ("CMakeLists.txt", "LICENSE", "protos/*", "client-sdk/*", "server/*", "tools/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        for needed in ("abseil/[*]", "grpc/[>=1.50]", "protobuf/[>=3.21 <3.22]", "openssl/[>=3 <4]", "re2/[*]", "zlib/[*]"):
            self.requires(needed, transitive_headers=True)

    def build_requirements(self):
        self.tool_requires("protobuf/<host_version>")
        self.tool_requires("grpc/<host_version>")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.variables["CHARTER_CLIENT_ONLY"] = True
        toolchain.variables["CHARTER_TESTS"] = False
        toolchain.variables["CHARTER_WERROR"] = False
        toolchain.generate()
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, pathlib.Path(self.package_folder) / "licenses")

    def package_info(self):
        # The package's own CMake files say it all; Conan makes none beside them.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/charter"]
