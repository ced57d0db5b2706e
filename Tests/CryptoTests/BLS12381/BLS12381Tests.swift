import Crypto
import Primitives
import TestSupport
import Testing

@Suite struct BLS12381Tests {
    @Test(arguments: BLS12381Vectors.selected)
    func agreesWithPublishedVectors(_ vector: BLS12381Vectors.Vector) throws {
        #expect(vector.kind.run(try vector.inputBytes) == (try vector.outputBytes))
    }

    @Test(
        .enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"),
        arguments: BLS12381Vectors.accepted)
    func agreesWithEveryPublishedVector(_ file: BLS12381Vectors.File) throws {
        let archive = try #require(PrecompileVector.archive)
        let vectors = try PrecompileVector.read(file.path, from: archive)
        #expect(vectors.count == file.count)
        for vector in vectors {
            #expect(file.kind.run(vector.input) == vector.output, "\(vector.name)")
        }
    }

    @Test(
        .enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"),
        arguments: BLS12381Vectors.refused)
    func refusesEveryPublishedRefusal(_ file: BLS12381Vectors.File) throws {
        let archive = try #require(PrecompileVector.archive)
        let vectors = try PrecompileVector.readRefusals(file.path, from: archive)
        #expect(vectors.count == file.count)
        for vector in vectors { #expect(file.kind.run(vector.input) == nil, "\(vector.name)") }
    }
}
