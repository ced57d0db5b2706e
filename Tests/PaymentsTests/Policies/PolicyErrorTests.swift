import Payments
import Testing

@Suite struct PolicyErrorTests {
    /// What people read who mistype a policy.
    @Test(
        arguments: [
            ("sigend", "there is no kind sigend: plain, signed, tee, reexecuted and zk are known"),
            (
                "tee(ages=5)",
                "tee has no parameter ages: it has types, age, list, measurement, tcb, production"
            ),
            ("plain(age=5)", "plain has no parameter age: it has none"),
            ("3 of (signed, tee)", "3 of 2 can never hold"),
            (
                "1 of (signed, tee)",
                "1 of 2 is written otherwise: any of them with or, all with and"
            ),
            ("tee(age=5, age=6)", "tee has age twice"),
            ("zk(bits=x)", "zk takes no such value for bits"),
            ("signed and", "it cannot be read from character 11 on"),
        ])
    func saysWhatIsWrong(_ text: String, _ description: String) {
        let error = #expect(throws: PolicyError.self) { try Policy(text: text) }
        #expect(error?.description == description)
    }
}
