// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Targets whose debug builds are optimised too: at -Onone they are 50 times slower.
let hot: Set<String> = ["Primitives", "Crypto", "EVM", "Inference", "Proofs", "Prover"]

/// Libraries that know no threads and whose tests run them on several.
let threaded: Set<String> = ["Trie", "Ledger", "Inference", "Proofs", "Prover"]

/// A library target and its test target.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
    let speed: [SwiftSetting] =
        hot.contains(name) ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []
    let extra: [Target.Dependency] = name == "Files" ? [] : ["Files"]
    return [
        .target(name: name, dependencies: dependencies, swiftSettings: settings + speed),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.byName(name: name), "TestSupport"] + extra + dependencies
                + (threaded.contains(name) ? ["Threads"] : [])
                + (name == "Attestation" ? ["COpenSSL"] : [])
                + (name == "Ledger" ? ["Prover"] : []),
            swiftSettings: settings),
    ]
}

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"])
    ],
    targets: [
        .systemLibrary(name: "CLevelDB"),
        .systemLibrary(name: "CSecp256k1"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CGMP"),
        .systemLibrary(name: "CMicrohttpd"),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fomit-frame-pointer"])]),
        .target(name: "CProfiles", cSettings: [.unsafeFlags(["-std=c23"])]),
    ]
        // Foundations.
        + library("Primitives", [])
        + library("Codec", ["Primitives"])
        + library("Crypto", ["Primitives", "CSecp256k1", "COpenSSL", "CGMP", "CKernels"])
        // Consensus: pure.
        + library("Trie", ["Primitives", "Codec", "Crypto"])
        + library("EVM", ["Primitives", "Codec", "Crypto", "CKernels"])
        + library("Attestation", ["Primitives", "Codec", "Crypto"])
        + library("Payments", ["Primitives", "Codec", "Crypto", "Attestation"])
        + library("Registry", ["Primitives", "Codec", "Crypto"])
        + library("Inference", ["Primitives", "Codec", "Crypto", "CKernels"])
        + library("Proofs", ["Primitives", "Codec", "Crypto", "Inference", "CKernels"])
        + library(
            "Ledger",
            [
                "Primitives", "Codec", "Crypto", "Trie", "EVM", "Attestation", "Payments",
                "Registry", "Inference", "Proofs",
            ])
        + library(
            "Conformance",
            [
                "Primitives", "Codec", "Crypto", "Trie", "EVM", "Attestation", "Payments", "Ledger",
                "Inference",
            ])
        // Services.
        + library(
            "Prover", ["Primitives", "Codec", "Crypto", "Inference", "Proofs", "CKernels"])
        + library("Store", ["Primitives", "Codec", "Crypto", "CLevelDB"])
        // Edges.
        + library("Arguments", [])
        + library("Files", [])
        + library("Threads", ["Primitives"])
        + library(
            "Node",
            [
                "Primitives", "Codec", "Crypto", "Trie", "EVM", "Attestation", "Payments",
                "Registry", "Inference", "Proofs", "Prover", "Ledger", "Store", "Threads",
            ])
        + library(
            "Simulation",
            [
                "Primitives", "Codec", "Crypto", "EVM", "Attestation", "Payments", "Registry",
                "Inference", "Proofs", "Ledger", "Node", "Store",
            ])
        + library("HTTP", ["Primitives", "CMicrohttpd"])
        + library(
            "RPC",
            [
                "Primitives", "Codec", "Crypto", "Trie", "EVM", "Attestation", "Payments",
                "Registry", "Inference", "Proofs", "Prover", "Ledger", "Node", "HTTP",
            ])
        + [
            .target(
                name: "TestSupport", dependencies: ["Primitives", "Inference"],
                path: "Tests/TestSupport",
                swiftSettings: settings),
            .executableTarget(
                name: "assay",
                dependencies: [
                    "Primitives", "Codec", "Crypto", "Trie", "EVM", "Attestation", "Payments",
                    "Registry", "Inference", "Proofs", "Prover", "Ledger", "Conformance", "Store",
                    "Node", "HTTP", "RPC", "Simulation", "Arguments", "Files", "Threads",
                    "CProfiles",
                ],
                swiftSettings: settings),
            // Decoders and their fuzzers: a harness may use any target that reads outside bytes.
            .target(
                name: "Fuzzing",
                dependencies: [
                    "Primitives", "Codec", "Crypto", "Trie", "EVM", "Attestation", "Payments",
                    "Registry", "Inference", "Proofs", "Prover", "Ledger", "Files",
                ],
                swiftSettings: settings),
            .executableTarget(
                name: "fuzz", dependencies: ["Primitives", "Fuzzing", "Arguments", "Files"],
                swiftSettings: settings),
            .testTarget(
                name: "FuzzTests", dependencies: ["Fuzzing"], exclude: ["Corpora"],
                swiftSettings: settings),
            .testTarget(name: "TidyTests", dependencies: ["Files"], swiftSettings: settings),
        ]
)
