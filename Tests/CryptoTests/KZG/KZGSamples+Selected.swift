extension KZGSamples {
    static let valid = Sample(
        name: "correct_proof_4_4",
        commitment: "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
            + "5f26936857bc3a7c2539ea8ec3a952b7",
        z: "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000",
        y: "1522a4a7f34e1ea350ae07c29c96c7e79655aa926122e95fe69fcbd932ca49e9",
        proof: "a62ad71d14c5719385c0686f1871430475bf3a00f0aa3f7b8dd99a9abc216074"
            + "4faf0070725e00b60ad9a026a15b1a8c",
        isProven: true)

    static let selected = [
        valid,
        Sample(
            name: "correct_proof_1_3",
            commitment: "a572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62a"
                + "e28f75bb8f1c7c42c39a8c5529bf0f4e",
            z: "5eb7004fe57383e6c88b99d839937fddf3f99279353aaf8d5c9a75f91ce33c62",
            y: "0000000000000000000000000000000000000000000000000000000000000002",
            proof: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            isProven: true),
        Sample(
            name: "correct_proof_0_0",
            commitment: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            z: "0000000000000000000000000000000000000000000000000000000000000000",
            y: "0000000000000000000000000000000000000000000000000000000000000000",
            proof: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            isProven: true),
        Sample(
            name: "correct_proof_point_at_infinity_for_twos_poly_0",
            commitment: "a572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62a"
                + "e28f75bb8f1c7c42c39a8c5529bf0f4e",
            z: "0000000000000000000000000000000000000000000000000000000000000000",
            y: "0000000000000000000000000000000000000000000000000000000000000002",
            proof: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            isProven: true),
        Sample(
            name: "correct_proof_point_at_infinity_for_zero_poly_2",
            commitment: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            z: "0000000000000000000000000000000000000000000000000000000000000002",
            y: "0000000000000000000000000000000000000000000000000000000000000000",
            proof: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            isProven: true),
        Sample(
            name: "incorrect_proof_0_0",
            commitment: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            z: "0000000000000000000000000000000000000000000000000000000000000000",
            y: "0000000000000000000000000000000000000000000000000000000000000000",
            proof: "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                + "6c55e83ff97a1aeffb3af00adb22c6bb",
            isProven: false),
        Sample(
            name: "incorrect_proof_3_4",
            commitment: "b49d88afcd7f6c61a8ea69eff5f609d2432b47e7e4cd50b02cdddb4e0c146051"
                + "7e8df02e4e64dc55e3d8ca192d57193a",
            z: "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000",
            y: "58cdc98c4c44791bb8ba7e58a80324ef8c021c79c68e253c430fa2663188f7f2",
            proof: "b0ac600174134691bf9d91fee448b4d58c127356567da1c456b9c38468909d4e"
                + "ffe6b7faa11177e1f96ee5d2834df001",
            isProven: false),
        Sample(
            name: "incorrect_proof_point_at_infinity_1",
            commitment: "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37"
                + "adacc8ad4ed209b31287ea5bb94d9d06",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "c000000000000000000000000000000000000000000000000000000000000000"
                + "00000000000000000000000000000000",
            isProven: false),
        Sample(
            name: "invalid_commitment_0",
            commitment: "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                + "6c55e83ff97a1aeffb3af00adb22c6",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "b0c829a8d2d3405304fecbea193e6c67f7c3912a6adc7c3737ad3f8a3b750425"
                + "c1531a7426f03033a3994bc82a10609f",
            isProven: nil),
        Sample(
            name: "invalid_commitment_1",
            commitment: "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                + "6c55e83ff97a1aeffb3af00adb22c6bb00",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "b0c829a8d2d3405304fecbea193e6c67f7c3912a6adc7c3737ad3f8a3b750425"
                + "c1531a7426f03033a3994bc82a10609f",
            isProven: nil),
        Sample(
            name: "invalid_commitment_3",
            commitment: "8123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                + "0123456789abcdef0123456789abcde0",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "b0c829a8d2d3405304fecbea193e6c67f7c3912a6adc7c3737ad3f8a3b750425"
                + "c1531a7426f03033a3994bc82a10609f",
            isProven: nil),
        Sample(
            name: "invalid_proof_0",
            commitment: "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37"
                + "adacc8ad4ed209b31287ea5bb94d9d06",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                + "6c55e83ff97a1aeffb3af00adb22c6",
            isProven: nil),
        Sample(
            name: "invalid_proof_1",
            commitment: "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37"
                + "adacc8ad4ed209b31287ea5bb94d9d06",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                + "6c55e83ff97a1aeffb3af00adb22c6bb00",
            isProven: nil),
        Sample(
            name: "invalid_proof_2",
            commitment: "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37"
                + "adacc8ad4ed209b31287ea5bb94d9d06",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "8123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                + "0123456789abcdef0123456789abcdef",
            isProven: nil),
        Sample(
            name: "invalid_proof_3",
            commitment: "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37"
                + "adacc8ad4ed209b31287ea5bb94d9d06",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "1824b159acc5056f998c4fefecbc4ff55884b7fa0003480200000001fffffffe",
            proof: "8123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                + "0123456789abcdef0123456789abcde0",
            isProven: nil),
        Sample(
            name: "invalid_y_0",
            commitment: "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                + "5f26936857bc3a7c2539ea8ec3a952b7",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001",
            proof: "b30b3d1e4faccc380557792c9a0374d58fa286f5f75fea48870585393f890909"
                + "cd3c53cfe4897e799fb211b4be531e43",
            isProven: nil),
        Sample(
            name: "invalid_y_1",
            commitment: "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                + "5f26936857bc3a7c2539ea8ec3a952b7",
            z: "0000000000000000000000000000000000000000000000000000000000000001",
            y: "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000002",
            proof: "b30b3d1e4faccc380557792c9a0374d58fa286f5f75fea48870585393f890909"
                + "cd3c53cfe4897e799fb211b4be531e43",
            isProven: nil),
        Sample(
            name: "invalid_z_1",
            commitment: "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                + "5f26936857bc3a7c2539ea8ec3a952b7",
            z: "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000002",
            y: "60f840641ec0d0c0d2b77b2d5a393b329442721fad05ab78c7b98f2aa3c20ec9",
            proof: "b30b3d1e4faccc380557792c9a0374d58fa286f5f75fea48870585393f890909"
                + "cd3c53cfe4897e799fb211b4be531e43",
            isProven: nil),
        Sample(
            name: "invalid_z_4",
            commitment: "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                + "5f26936857bc3a7c2539ea8ec3a952b7",
            z: "0000000000000000000000000000000000000000000000000000000000000000"
                + "00",
            y: "60f840641ec0d0c0d2b77b2d5a393b329442721fad05ab78c7b98f2aa3c20ec9",
            proof: "b30b3d1e4faccc380557792c9a0374d58fa286f5f75fea48870585393f890909"
                + "cd3c53cfe4897e799fb211b4be531e43",
            isProven: nil),
    ]
}
