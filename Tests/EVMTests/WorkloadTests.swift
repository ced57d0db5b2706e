import Crypto
import EVM
import Glibc
import Primitives
import TestSupport
import Testing

@Suite struct WorkloadTests {
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func everyWorkloadCostsAndAnswersAsPublished() throws {
        let workloads = try Workload.all()
        #expect(workloads.count == 54)
        let codes = CodeCache()
        for workload in workloads {
            let outcome = workload.run(codes)
            let used = Workload.gasLimit - outcome.gasLeft
            #expect(used == workload.gas, "\(workload.name): \(outcome.status)")
            let digest = Hex.encode(SHA256.hash(outcome.output).bytes[..<8])
            #expect(digest == workload.outputDigest, "\(workload.name)")
        }
    }

    /// Run by hand in a release build: `ASSAY_EVM_TIMES=file` names where the best and median
    /// milliseconds of each workload go.
    @Test(.enabled(if: unsafe getenv("ASSAY_EVM_TIMES") != nil, "only by hand"))
    func measuresEveryWorkload() throws {
        let path = try #require(unsafe getenv("ASSAY_EVM_TIMES").map { unsafe String(cString: $0) })
        let only = unsafe getenv("ASSAY_EVM_ONLY").map { unsafe String(cString: $0) }
        let codes = CodeCache()
        var lines = ""
        for workload in try Workload.all() where only.map(workload.name.contains) ?? true {
            var times: [Double] = []
            let clock = ContinuousClock()
            let start = clock.now
            while times.count < 5 || (clock.now - start < .milliseconds(600) && times.count < 500) {
                let duration = clock.measure { _ = workload.run(codes) }
                times.append(duration / .milliseconds(1))
            }
            times.sort()
            lines += "\(workload.name)\t\(times[0])\t\(times[times.count / 2])\n"
        }
        let file = unsafe try #require(unsafe fopen(path, "wb"))
        unsafe fputs(lines, file)
        unsafe fclose(file)
    }
}
