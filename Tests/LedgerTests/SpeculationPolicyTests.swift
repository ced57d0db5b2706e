import Testing

@testable import Ledger

@Suite struct SpeculationPolicyTests {
    private static let few = SpeculationPolicy.windowMin

    @Test func windowsGrowWhileRunsHold() {
        var policy = SpeculationPolicy(isEager: false)
        var sizes: [Int] = []
        for _ in 0..<5 {
            let size = policy.next(of: 10_000)
            sizes.append(size)
            policy.note(count: size, held: size / 2)
        }
        #expect(sizes == [64, 128, 256, 512, 512])
    }

    @Test func pausesGrowWhileRunsFail() {
        var policy = SpeculationPolicy(isEager: false)
        for pause in [512, 2048, 8192, 32_768, 65_536, 65_536] {
            policy.note(count: 64, held: 31)
            var waited = 0
            while policy.next(of: 10_000) == 0 { waited += 1 }
            #expect(waited == pause)
        }
        policy.note(count: 64, held: 32)
        policy.note(count: 128, held: 0)
        var waited = 0
        while policy.next(of: 10_000) == 0 { waited += 1 }
        #expect(waited == 512)
    }

    @Test func fewTransactionsRunInTheirTurn() {
        var policy = SpeculationPolicy(isEager: false)
        #expect(policy.next(of: SpeculationPolicyTests.few - 1) == 0)
        #expect(policy.next(of: SpeculationPolicyTests.few) == SpeculationPolicyTests.few)
        var eager = SpeculationPolicy(isEager: true)
        #expect(eager.next(of: 1) == 1)
        eager.note(count: 64, held: 0)
        #expect(eager.next(of: 10_000) == 128)
    }
}
