"""What the Swift sources of the native precompiles say of functions, events and errors.

Read by pattern, not compiled: the tables there are string literals, joined by `+`, with other
constants in `\\(…)`. What cannot be read that way fails a check, so nothing passes unseen.
"""

import re

from checks import ROOT, equal

FOLDER = ROOT / "Sources" / "Ledger" / "Natives"
LITERALS = r'"(?:[^"\\]|\\.)*"(?:\s*\+\s*"(?:[^"\\]|\\.)*")*'
# The type that makes each interface's precompile.
TYPES = {
    "IModelRegistry": "RegistryNative",
    "IVerifier": "VerifierNative",
    "ISettlement": "SettlementNative",
    "IUsage": "UsageNative",
    "ITrust": "TrustNative",
}


def sources():
    """The sources by file name, without comments."""
    found = sorted(FOLDER.rglob("*.swift"))
    return {path.name: re.sub(r"//.*", "", path.read_text()) for path in found}


def parts(text):
    """The sources cut at every type: [(type's name, text)]. An extension belongs to its type."""
    pieces = re.split(r"^(?:\w+ )*(?:struct|enum|extension) (\w+)", text, flags=re.MULTILINE)
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


class Natives:
    def __init__(self):
        self.files = sources()
        self.bodies = {}
        for text in self.files.values():
            for name, body in parts(text):
                self.bodies[name] = self.bodies.get(name, "") + body
        self.constants = {}
        for name, body in self.bodies.items():
            pattern = rf"\blet (\w+)(?:: String)? =\s*({LITERALS})"
            for constant, literal in re.findall(pattern, body):
                self.constants[name, constant] = literal

    def text(self, owner, literal):
        """The value of string literals in a type, with constants put in."""
        joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literal))

        def value(found):
            place, _, name = found.group(1).rpartition(".")
            place = owner if place in ("", "Self") else place
            return self.text(place, self.constants[place, name])

        return re.sub(r"\\\(([\w.]+)\)", value, joined)

    def functions(self, interface):
        """{signature: mutability} of one precompile."""
        owner = TYPES[interface]
        body = self.bodies[owner]
        found = {}
        pattern = rf"NativeFunction\(\s*(view:\s*)?({LITERALS}|[\w.]+),?"
        calls = re.findall(pattern, body)
        equal(len(calls), body.count("NativeFunction("), f"functions of {owner} that can be read")
        for view, argument in calls:
            if not argument.startswith('"'):
                argument = self.constants[owner, argument.removeprefix("Self.")]
            found[self.text(owner, argument)] = "view" if view else "nonpayable"
        equal(len(found), len(calls), f"functions of {owner}")
        return found

    def events(self, interface):
        """The signatures that one precompile logs by; the token's events are read, not logged."""
        owner = TYPES[interface]
        body = self.bodies[owner]
        topics = dict(re.findall(rf"let (\w+) = ABISignature\.topic\(\s*({LITERALS})\)", body))
        equal(len(topics), body.count("ABISignature.topic("), f"topics of {owner} that can be read")
        if owner == "TrustNative":
            # Its topics have a type of their own.
            text = self.bodies["TrustEvent"]
            topics = dict(re.findall(rf"let (\w+) = ABISignature\.topic\(\s*({LITERALS})\)", text))
        logged = set(re.findall(r"topics: \[(?:Self\.)?([a-z]\w+)", body))
        logged |= set(re.findall(r"TrustEvent\.(\w+)", body))
        equal(logged <= set(topics), True, f"{owner} logs {logged}, knows {set(topics)}")
        found = {self.text(owner, topics[name]) for name in logged}
        if owner == "RegistryNative":
            # Those of the history have a table of their own, which they are read by too.
            table = self.bodies["RegistryEvent"].split("static let signatures = [")[1]
            literals = re.findall(LITERALS, table.split("\n    ]")[0])
            found |= {self.text("RegistryEvent", literal) for literal in literals}
        return found

    def errors(self):
        """The signatures by which `NativeError.parts` writes revert data."""
        pattern = r'"([A-Z]\w*\([a-z0-9,]*\))"'
        files = ["NativeError.swift", "NativeError+Trust.swift"]
        text = "".join(self.files[name].split("static let trustSignatures")[0] for name in files)
        return re.findall(pattern, text)

    def error_cases(self):
        """The cases of `NativeError`, in order."""
        declared = self.files["NativeError.swift"].split("enum ErrorArgument")[0]
        names = re.findall(r"^    case (\w+)", declared, re.MULTILINE)
        # An acronym that begins a name is written small in Swift.
        return [re.sub("^tee", "TEE", name) for name in names]

    def described_errors(self):
        """The list that turns revert data back into text."""
        listed = ""
        for name, start in [
            ("NativeError+Text.swift", "static let signatures = ["),
            ("NativeError+Trust.swift", "static let trustSignatures = ["),
        ]:
            listed += self.files[name].split(start)[1].split("]")[0]
        return re.findall(r'"(.*?)"', listed)

    def thrown(self, interface):
        """The errors that a precompile's own source throws, by name."""
        body = self.bodies[TYPES[interface]]
        return {name[0].upper() + name[1:] for name in re.findall(r"NativeError\.(\w+)", body)}
