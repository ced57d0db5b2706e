import Testing

@testable import Prover
