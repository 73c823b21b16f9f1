#!/usr/bin/env python3
"""Writes charterd(8), charterctl(1) and their bash completion.

  manuals.py --charterd PROGRAM --charterctl PROGRAM SHARE

Options and commands are what the programs' --help says; the other sections
stand in PROGRAM.SECTION.in beside this file, with @OPTIONS@ where they go.
"""

import argparse
import gzip
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent


class Command:
    """What one --help says, and those of its subcommands."""

    def __init__(self, program, path):
        said = subprocess.run([program, *path[1:], "--help"], check=True, capture_output=True, text=True).stdout
        head, *sections = re.split(r"^(Positionals|Options|Subcommands):\n", said, flags=re.M)
        self.path = path
        self.summary = head.split("\nUsage:")[0].strip()
        rows = {name: self.rows(text) for name, text in zip(sections[::2], sections[1::2])}
        self.positionals = rows.get("Positionals", [])
        self.options = rows.get("Options", [])
        self.subcommands = [Command(program, [*path, name]) for name, _ in rows.get("Subcommands", [])]

    @staticmethod
    def rows(text):
        """(what is written, what it means) of each entry; a long one has its meaning on the next line."""
        found = []
        for line in text.splitlines():
            entry = re.match(r"  (\S.*?)(?:\s{2,}(.*))?$", line) if not line.startswith("   ") else None
            if entry:
                found.append((entry[1], entry[2] or ""))
            elif line.strip():
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}".strip())
        return found

    def all(self):
        return [self] + [below for command in self.subcommands for below in command.all()]

    def flags(self):
        return [flag for written, _ in self.options for flag in written.split()[0].split(",") if flag.startswith("-")]

    def flags_with_value(self):
        # `-h,--help` stands alone; `--listen HOST:PORT` and `--seed UINT=1` do not.
        return [flag for written, _ in self.options if " " in written for flag in written.split()[0].split(",")]


def roff(text):
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def written(entry):
    """`--seed UINT=1` for readers: what CLI11 says of types is left out, the default is kept."""
    flag, _, kind = entry.removesuffix(" REQUIRED").partition(" ")
    kind, default, value = kind.partition("=")
    name = re.sub(r":INT in .*|:FILE| Needs: .*", "", kind)
    text = f"\\fB{roff(flag.replace(',', ', '))}\\fR"
    if name:
        text += f" \\fI{roff(name)}\\fR"
    return text, f" Default: {value}." if default else ""


def entries(rows):
    out = []
    for entry, meaning in rows:
        text, default = written(entry)
        meaning = re.sub(r"(?<![.)])$", ".", meaning) + default if default else meaning
        out += [".TP", text, roff(meaning)]
    return out


def section(command):
    out = [".SH OPTIONS", *entries(command.options)]
    if command.subcommands:
        out.append(".SH COMMANDS")
    for below in command.all()[1:]:
        if below.subcommands:
            continue
        usage = " ".join([*below.path[1:], *(row[0].split()[0].upper() for row in below.positionals)])
        out += [f".SS {roff(usage)}", roff(below.summary)]
        out += entries(below.positionals)
        out += entries([row for row in below.options if "--help" not in row[0]])
    return "\n".join(out)


def manual(command, number, version):
    text = (HERE / f"{command.path[0]}.{number}.in").read_text()
    return text.replace("@VERSION@", version).replace("@OPTIONS@\n", section(command) + "\n")


def completion(command):
    """Words of the command that stands so far; where it has none, the shell offers files."""
    name = command.path[0]
    cases = []
    for below in command.all():
        words = below.flags() + [sub.path[-1] for sub in below.subcommands]
        cases.append(f"    '{' '.join(below.path)}') words='{' '.join(words)}' ;;")
    subcommands = "|".join(f"'{' '.join(below.path)}'" for below in command.all()[1:]) or "''"
    with_value = "|".join(sorted({flag for below in command.all() for flag in below.flags_with_value()}))
    return f"""# bash completion of {name}, made from its --help.
_{name}() {{
  local word path={name} words= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      {with_value}) ((i++)) ;;
      *) case "$path ${{COMP_WORDS[i]}}" in {subcommands}) path+=" ${{COMP_WORDS[i]}}" ;; esac ;;
    esac
  done
  # Behind an option that takes a value, i went past the word.
  ((i > COMP_CWORD)) && return
  case $path in
{chr(10).join(cases)}
  esac
  for word in $words; do
    [[ $word == "${{COMP_WORDS[COMP_CWORD]}}"* ]] && COMPREPLY+=("$word")
  done
}}
complete -o default -F _{name} {name}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--charterd", required=True)
    parser.add_argument("--charterctl", required=True)
    parser.add_argument("share", type=pathlib.Path)
    arguments = parser.parse_args()
    for name, number in (("charterd", 8), ("charterctl", 1)):
        program = getattr(arguments, name)
        command = Command(program, [name])
        version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
        page = arguments.share / f"man/man{number}/{name}.{number}.gz"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(gzip.compress(manual(command, number, version).encode(), mtime=0))
        script = arguments.share / f"bash-completion/completions/{name}"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(completion(command))


if __name__ == "__main__":
    main()
