import Testing

/// What each target may import beside the standard library; the map of the house style.
private let mayImport: [String: Set<String>] = {
    let foundations: Set<String> = ["Primitives", "Codec", "Crypto"]
    let consensus: Set<String> = [
        "Trie", "EVM", "Ledger", "Payments", "Registry", "Attestation", "Inference", "Proofs",
    ]
    return [
        "Primitives": [],
        "Codec": ["Primitives"],
        // The table of a key that is asked often is made once, by whichever thread comes first.
        "Crypto": [
            "Primitives", "CSecp256k1", "COpenSSL", "CGMP", "CKernels", "Synchronization",
        ],
        "Trie": foundations,
        "EVM": foundations.union(["CKernels"]),
        "Ledger": foundations.union(consensus),
        "Payments": foundations.union(["Attestation"]),
        "Registry": foundations,
        "Attestation": foundations,
        // A model's record names it by its hash, so Inference needs Keccak, too.
        // Quantisation takes logarithms from the C library; runs take nothing from it.
        "Inference": foundations.union(["CKernels", "Glibc"]),
        "Proofs": foundations.union(["Inference", "CKernels"]),
        "Prover": foundations.union(["Proofs", "Inference", "CKernels", "Synchronization"]),
        "Store": foundations.union(["CLevelDB", "Glibc", "Synchronization"]),
        "Node": foundations.union(consensus).union([
            "Prover", "Store", "Threads", "Glibc", "Synchronization",
        ]),
        "HTTP": ["Primitives", "CMicrohttpd", "Glibc", "Synchronization"],
        "RPC": foundations.union(consensus).union([
            "Node", "Store", "HTTP", "Glibc", "Synchronization",
        ]),
        "Conformance": foundations.union(consensus),
        "Simulation": foundations.union(consensus).union(["Node", "Store"]),
        "Arguments": ["Glibc"],
        "Files": ["Glibc"],
        "Threads": ["Primitives", "Glibc", "Synchronization"],
        "Fuzzing": foundations.union(consensus).union(["Prover", "Files"]),
    ]
}()

/// Programs may use every library.
private let programs: Set<String> = ["assay", "fuzz"]

/// Targets whose outcome every node must repeat bit for bit.
private let consensusTargets: Set<String> = [
    "Primitives", "Codec", "Crypto", "Trie", "EVM", "Ledger", "Payments", "Registry",
    "Attestation", "Inference", "Proofs",
]

private let bannedInConsensus = [
    "Foundation", "Date", "Dispatch", "Task", "actor", "Thread", "UUID", "Locale", "hashValue",
    "SystemRandomNumberGenerator", "ContinuousClock", "SuspendingClock", ".random(", ".shuffled(",
    ".randomElement(", "pthread_create",
]

/// Floats exist where weights are quantised, where ONNX files are read, in the float reference,
/// and where JSON is asked for one. Part of a path below `Sources`.
private let floatFiles = [
    "Inference/Quantise", "Inference/ONNX", "Inference/Float", "Codec/JSON",
]

private let leftovers = ["FIXME", "TODO", "XXX", "HACK"]

@Suite struct TidyTests {
    @Test func readsTheTree() {
        #expect(SourceTree.swift.count > 40)
        #expect(SourceTree.swift.contains { $0.path == "Sources/Primitives/UInt256.swift" })
        #expect(SourceTree.swift.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    }

    @Test func importsPointDownTheMap() {
        for file in sources where !programs.contains(file.target) {
            guard let allowed = mayImport[file.target] else {
                Issue.record("\(file.path): add \(file.target) to the table of imports")
                continue
            }
            for module in file.imports {
                #expect(allowed.contains(module), "\(file.path) may not import \(module)")
            }
        }
    }

    @Test func nothingImportsFoundation() {
        for file in SourceTree.swift {
            #expect(!file.imports.contains("Foundation"), "\(file.path) imports Foundation")
        }
    }

    @Test func consensusIsDeterministic() {
        for file in sources where consensusTargets.contains(file.target) {
            for line in file.codeLines {
                for word in bannedInConsensus {
                    #expect(
                        !contains(line.code, word), "\(file.path):\(line.number): \(word) differs")
                }
            }
        }
    }

    @Test func consensusHasNoFloats() {
        for file in sources where consensusTargets.contains(file.target) {
            if floatFiles.contains(where: { file.path.hasPrefix("Sources/" + $0) }) { continue }
            for line in file.codeLines {
                for word in ["Float", "Float32", "Float64", "Double"] {
                    #expect(
                        !contains(line.code, word), "\(file.path):\(line.number): \(word) rounds")
                }
            }
        }
    }

    @Test func nothingIsLeftOver() {
        for file in SourceTree.texts where !file.path.hasPrefix("Tests/TidyTests/") {
            for (index, line) in file.lines.enumerated() {
                for word in leftovers {
                    #expect(!contains(line, word), "\(file.path):\(index + 1): \(word)")
                }
            }
        }
    }

    @Test func nothingTrapsOnPurposeOrPrints() {
        for file in sources where !programs.contains(file.target) {
            for line in file.codeLines {
                for word in ["print(", "debugPrint(", "dump(", "try!", "as!"] {
                    #expect(!contains(line.code, word), "\(file.path):\(line.number): \(word)")
                }
            }
        }
    }

    @Test func testsDoNotSleepOrPrint() {
        for file in SourceTree.swift where file.path.hasPrefix("Tests/") {
            for line in file.codeLines {
                for word in ["sleep(", "usleep(", "nanosleep(", "print(", "try!", "as!"] {
                    #expect(!contains(line.code, word), "\(file.path):\(line.number): \(word)")
                }
            }
        }
    }

    @Test func filesAndLinesAreShort() {
        for file in SourceTree.swift {
            #expect(file.lines.count <= 701, "\(file.path) has \(file.lines.count - 1) lines")
            for (index, line) in file.lines.enumerated() where line.count > 100 {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }

    /// Documents name files that are there.
    @Test func documentsNameWhatExists() {
        #expect(SourceTree.documents.count >= 3)
        for file in SourceTree.documents {
            for (index, line) in file.lines.enumerated() {
                for word in line.split(whereSeparator: { "`() ".contains($0) }) {
                    guard word.hasPrefix("Sources/") || word.hasPrefix("Tests/") else { continue }
                    #expect(
                        SourceTree.exists(String(word)), "\(file.path):\(index + 1): \(word)")
                }
            }
        }
    }

    /// Paths of one machine mean nothing on another.
    @Test func nothingNamesAWorkplace() {
        // Spelt in parts, so that this file passes its own test.
        let homes = ["root", "home", "work", "Users"].map { "/" + $0 + "/" }
        for file in SourceTree.texts {
            for (index, line) in file.lines.enumerated() {
                for home in homes where contains(line, home) {
                    Issue.record("\(file.path):\(index + 1) names \(home)")
                }
            }
        }
    }

    private var sources: [SourceFile] {
        SourceTree.swift.filter { $0.path.hasPrefix("Sources/") }
    }
}

/// Whether a word stands in a line, not as a part of a longer word.
func contains(_ line: String, _ word: String) -> Bool {
    guard let first = word.first, let last = word.last else { return false }
    var rest = line[...]
    while let found = rest.firstRange(of: word) {
        let before =
            found.lowerBound == line.startIndex ? " " : line[line.index(before: found.lowerBound)]
        let after = found.upperBound == line.endIndex ? " " : line[found.upperBound]
        if !(isWordPart(first) && isWordPart(before)), !(isWordPart(last) && isWordPart(after)) {
            return true
        }
        rest = line[found.upperBound...]
    }
    return false
}

private func isWordPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
}
