#!/usr/bin/env python3
"""Gives Doxygen a header of ours: plain comments become its own.

  as_doxygen.py FILE

A comment is about the declaration below it and about those that follow without
a blank line or a comment between, or about what stands before it on its line;
what opens a file is about the file. Types and functions need one; fields,
aliases, constructors and operators of a type may do with the type's. What every class has or
lacks without a word is left out: destructors, defaulted and deleted functions.
"""

import re
import sys

SCOPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:inline\s+)?(namespace|class|struct|union|enum)\b(?: class)?\s*(?:\[\[\w+\]\])?\s*(\w*)[^()]*$")
COMMENT = re.compile(r"^(\s*)//(?!/)\s?(.*)$")
TRAILING = re.compile(r"^(.*\S)(\s+)//\s?(.*)$")
OF_THE_TYPE = re.compile(r"^\s*(?:using |[^(]*[;={]|[^(]*$)(?!.*\b(?:class|struct|enum) )")
UNSAID = re.compile(r"^\s*(?:virtual )?~\w+\(\)( override)?( = default)?;|= (?:default|delete);$")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')


class Filter:
    def __init__(self):
        self.scopes = []  # the match of a scope of declarations; None: a function's body, or a value
        self.around = []  # the comment about each
        self.statement = ""  # the declaration so far
        self.comment = []  # that is about the declarations here
        self.used = False  # by one of them
        self.margin = None  # column of a comment that stands after code
        self.quoted = False  # in `code` that goes on from the line before

    def escaped(self, text, begins=False):
        """What Doxygen would take for its own, outside of `code`."""
        parts = text.split("`")
        quoted = self.quoted and not begins
        self.quoted = quoted != (len(parts) % 2 == 0)
        return "`".join(part if (i % 2 == 1) != quoted else re.sub(r"([\\@<>#&])", r"\\\1", part) for i, part in enumerate(parts))

    def declares(self):
        return all(self.scopes)

    def code(self, text):
        """Follows the braces."""
        for token in re.findall(r"[{};]|[^{};]+", TEXT.sub("0", text)):
            if token == "{":
                self.scopes.append(SCOPE.match(self.statement.strip()) if self.declares() else None)
                self.around.append(self.comment)
                if self.scopes[-1]:
                    self.comment, self.used = [], False
                self.statement = ""
            elif token == "}":
                if self.scopes:
                    self.scopes.pop()
                    self.comment, self.used = self.around.pop(), True
                self.statement = ""
            elif token == ";":
                self.statement = ""
            elif self.declares():
                self.statement += token + " "

    def line(self, line):
        column = line.find("//")
        line = re.sub(r"(?<=\d)'(?=\d)", "", line)  # 1'000: Doxygen takes it for the beginning of a character
        if not self.declares():
            self.code(line.split("//")[0])
            return line
        if re.match(r"^\s*#", line):
            return line
        if found := COMMENT.match(line):
            if self.margin is not None and len(found[1]) == self.margin:
                return f"{found[1]}///< {self.escaped(found[2])}"
            if self.statement.strip():
                return line  # within a declaration
            if self.used:
                self.comment, self.used = [], False
            code = found[2].startswith("  ") and self.comment and not self.comment[-1].strip()
            code = code or found[2].startswith("  ") and self.comment and self.comment[-1].startswith("     ")
            self.comment.append("     " + found[2] if code else self.escaped(found[2], not self.comment))
            return f"{found[1]}/// {self.comment[-1]}"
        self.margin = None
        if not line.strip():
            self.comment, self.used = [], False
            return line
        if re.match(r"^\s*(?:public|private|protected):$", line):
            self.comment, self.used = [], False
            return line
        if not self.statement.strip() and UNSAID.search(line):
            return ""
        begins = not self.statement.strip() and not re.match(r"^\s*[})]", line)
        more = ""
        if begins and self.comment:
            if self.used and not any(text.startswith("     ") for text in self.comment):
                more = "/** " + " ".join(self.comment).replace("*/", "* /") + " */ "
            self.used = True
        found = TRAILING.match(line)
        if begins and not more and not self.comment and not found and self.scopes and self.scopes[-1][1] in ("class", "struct"):
            name = self.scopes[-1][2]
            if "operator" in line or OF_THE_TYPE.match(re.sub(r"<.*>", "", line)) or re.match(rf"^\s*(?:explicit |constexpr )*{name}\(", line):
                more = f"/** See {name}. */ "
        if found and not line.startswith("}"):
            self.code(found[1])
            self.margin = column
            return f"{more}{found[1]}{found[2]}///< {self.escaped(found[3], True)}"
        self.code(line.split("//")[0])
        return more + line


def main(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    text = Filter()
    first = lines and lines[0].startswith("//")
    for number, line in enumerate(lines):
        shown = text.line(line)
        if number == 0 and first:
            shown = "/// @file\n" + shown
        print(shown)


if __name__ == "__main__":
    main(sys.argv[1])
