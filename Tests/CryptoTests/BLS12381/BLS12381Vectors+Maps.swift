extension BLS12381Vectors {
    static let selectedMaps: [Vector] = [
        Vector(
            .mapToG1, "bls_g1map_",
            input: """
                00000000000000000000000000000000156c8a6a2c184569d69a76be144b5cdc
                5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f03
                """,
            output: """
                00000000000000000000000000000000184bb665c37ff561a89ec2122dd343f2
                0e0f4cbcaec84e3c3052ea81d1834e192c426074b02ed3dca4e7676ce4ce48ba
                0000000000000000000000000000000004407b8d35af4dacc809927071fc0405
                218f1401a6d15af775810e4e460064bcc9468beeba82fdc751be70476c888bf3
                """),
        Vector(
            .mapToG1, "bls_g1map_616263",
            input: """
                00000000000000000000000000000000147e1ed29f06e4c5079b9d14fc89d282
                0d32419b990c1c7bb7dbea2a36a045124b31ffbde7c99329c05c559af1c6cc82
                """,
            output: """
                00000000000000000000000000000000009769f3ab59bfd551d53a5f846b9984
                c59b97d6842b20a2c565baa167945e3d026a3755b6345df8ec7e6acb6868ae6d
                000000000000000000000000000000001532c00cf61aa3d0ce3e5aa20c3b531a
                2abd2c770a790a2613818303c6b830ffc0ecf6c357af3317b9575c567f11cd2c
                """),
        Vector(
            .mapToG1, "bls_g1map_6162636465663031",
            input: """
                0000000000000000000000000000000004090815ad598a06897dd89bcda860f2
                5837d54e897298ce31e6947378134d3761dc59a572154963e8c954919ecfa82d
                """,
            output: """
                000000000000000000000000000000001974dbb8e6b5d20b84df7e625e2fbfec
                b2cdb5f77d5eae5fb2955e5ce7313cae8364bc2fff520a6c25619739c6bdcb6a
                0000000000000000000000000000000015f9897e11c6441eaa676de141c8d83c
                37aab8667173cbe1dfd6de74d11861b961dccebcd9d289ac633455dfcc7013a3
                """),
        Vector(
            .mapToG1, "bls_g1map_713132385f717171",
            input: """
                0000000000000000000000000000000008dccd088ca55b8bfbc96fb50bb25c59
                2faa867a8bb78d4e94a8cc2c92306190244532e91feba2b7fed977e3c3bb5a1f
                """,
            output: """
                000000000000000000000000000000000a7a047c4a8397b3446450642c2ac64d
                7239b61872c9ae7a59707a8f4f950f101e766afe58223b3bff3a19a7f754027c
                000000000000000000000000000000001383aebba1e4327ccff7cf9912bda0db
                c77de048b71ef8c8a81111d71dc33c5e3aa6edee9cf6f5fe525d50cc50b77cc9
                """),
        Vector(
            .mapToG1, "bls_g1map_613531325f616161",
            input: """
                000000000000000000000000000000000dd824886d2123a96447f6c56e3a3fa9
                92fbfefdba17b6673f9f630ff19e4d326529db37e1c1be43f905bf9202e0278d
                """,
            output: """
                000000000000000000000000000000000e7a16a975904f131682edbb03d9560d
                3e48214c9986bd50417a77108d13dc957500edf96462a3d01e62dc6cd468ef11
                000000000000000000000000000000000ae89e677711d05c30a48d6d75e76ca9
                fb70fe06c6dd6ff988683d89ccde29ac7d46c53bb97a59b1901abf1db66052db
                """),
        Vector(
            .mapToG2, "bls_g2map_",
            input: """
                0000000000000000000000000000000007355d25caf6e7f2f0cb2812ca0e513b
                d026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d4b93b04
                0000000000000000000000000000000002829ce3c021339ccb5caf3e187f6370
                e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b78c
                """,
            output: """
                0000000000000000000000000000000000e7f4568a82b4b7dc1f14c6aaa055ed
                f51502319c723c4dc2688c7fe5944c213f510328082396515734b6612c4e7bb7
                00000000000000000000000000000000126b855e9e69b1f691f816e48ac69776
                64d24d99f8724868a184186469ddfd4617367e94527d4b74fc86413483afb35b
                000000000000000000000000000000000caead0fd7b6176c01436833c79d305c
                78be307da5f6af6c133c47311def6ff1e0babf57a0fb5539fce7ee12407b0a42
                000000000000000000000000000000001498aadcf7ae2b345243e281ae076df6
                de84455d766ab6fcdaad71fab60abb2e8b980a440043cd305db09d283c895e3d
                """),
        Vector(
            .mapToG2, "bls_g2map_6162636465663031",
            input: """
                0000000000000000000000000000000018c16fe362b7dbdfa102e42bdfd3e2f4
                e6191d479437a59db4eb716986bf08ee1f42634db66bde97d6c16bbfd342b3b8
                000000000000000000000000000000000e37812ce1b146d998d5f92bdd5ada2a
                31bfd63dfe18311aa91637b5f279dd045763166aa1615e46a50d8d8f475f184e
                """,
            output: """
                00000000000000000000000000000000038af300ef34c7759a6caaa4e69363ca
                feed218a1f207e93b2c70d91a1263d375d6730bd6b6509dcac3ba5b567e85bf3
                000000000000000000000000000000000da75be60fb6aa0e9e3143e40c42796e
                df15685cafe0279afd2a67c3dff1c82341f17effd402e4f1af240ea90f4b659b
                0000000000000000000000000000000019b148cbdf163cf0894f29660d2e7bfb
                2b68e37d54cc83fd4e6e62c020eaa48709302ef8e746736c0e19342cc1ce3df4
                000000000000000000000000000000000492f4fed741b073e5a82580f7c663f9
                b79e036b70ab3e51162359cec4e77c78086fe879b65ca7a47d34374c8315ac5e
                """),
        Vector(
            .mapToG2, "bls_g2map_713132385f717171",
            input: """
                0000000000000000000000000000000008d4a0997b9d52fecf99427abb721f0f
                a779479963315fe21c6445250de7183e3f63bfdf86570da8929489e421d4ee95
                0000000000000000000000000000000016cb4ccad91ec95aab070f22043916cd
                6a59c4ca94097f7f510043d48515526dc8eaaea27e586f09151ae613688d5a89
                """,
            output: """
                000000000000000000000000000000000c5ae723be00e6c3f0efe184fdc0702b
                64588fe77dda152ab13099a3bacd3876767fa7bbad6d6fd90b3642e902b208f9
                0000000000000000000000000000000012c8c05c1d5fc7bfa847f4d7d81e294e
                66b9a78bc9953990c358945e1f042eedafce608b67fdd3ab0cb2e6e263b9b1ad
                0000000000000000000000000000000004e77ddb3ede41b5ec4396b7421dd916
                efc68a358a0d7425bddd253547f2fb4830522358491827265dfc5bcc1928a569
                0000000000000000000000000000000011c624c56dbe154d759d021eec60fab3
                d8b852395a89de497e48504366feedd4662d023af447d66926a28076813dd646
                """),
        Vector(
            .mapToG2, "bls_g2map_613531325f616161",
            input: """
                0000000000000000000000000000000003f80ce4ff0ca2f576d797a3660e3f65
                b274285c054feccc3215c879e2c0589d376e83ede13f93c32f05da0f68fd6a10
                00000000000000000000000000000000006488a837c5413746d868d1efb72327
                24da10eca410b07d8b505b9363bdccf0a1fc0029bad07d65b15ccfe6dd25e20d
                """,
            output: """
                000000000000000000000000000000000ea4e7c33d43e17cc516a72f76437c4b
                f81d8f4eac69ac355d3bf9b71b8138d55dc10fd458be115afa798b55dac34be1
                000000000000000000000000000000001565c2f625032d232f13121d3cfb476f
                45275c303a037faa255f9da62000c2c864ea881e2bcddd111edc4a3c0da3e88d
                00000000000000000000000000000000043b6f5fe4e52c839148dc66f2b3751e
                69a0f6ebb3d056d6465d50d4108543ecd956e10fa1640dfd9bc0030cc2558d28
                000000000000000000000000000000000f8991d2a1ad662e7b6f58ab787947f1
                fa607fce12dde171bc17903b012091b657e15333e11701edcf5b63ba2a561247
                """),
        Vector(
            .mapToG1, "bls_mapg1_empty_input",
            input: "",
            output: nil),
        Vector(
            .mapToG1, "bls_mapg1_short_input",
            input: """
                00000000000000000000000000000000156c8a6a2c184569d69a76be144b5cdc
                5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f
                """,
            output: nil),
        Vector(
            .mapToG1, "bls_mapg1_large_input",
            input: """
                0000000000000000000000000000000000156c8a6a2c184569d69a76be144b5c
                dc5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f
                03
                """,
            output: nil),
        Vector(
            .mapToG1, "bls_mapg1_top_bytes",
            input: """
                1000000000000000000000000000000000156c8a6a2c184569d69a76be144b5c
                dc5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f
                """,
            output: nil),
        Vector(
            .mapToG1, "bls_invalid_fq_element",
            input: """
                000000000000000000000000000000002f6d9c5465982c0421b61e74579709b3
                b5b91e57bdd4f6015742b4ff301abb7ef895b9cce00c33c7d48f8e5fa4ac09ae
                """,
            output: nil),
        Vector(
            .mapToG2, "bls_mapg2_empty_input",
            input: "",
            output: nil),
        Vector(
            .mapToG2, "bls_mapg2_short_input",
            input: """
                0000000000000000000000000000000007355d25caf6e7f2f0cb2812ca0e513b
                d026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d4b93b04
                0000000000000000000000000000000002829ce3c021339ccb5caf3e187f6370
                e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b7
                """,
            output: nil),
        Vector(
            .mapToG2, "bls_mapg2_long_input",
            input: """
                000000000000000000000000000000000007355d25caf6e7f2f0cb2812ca0e51
                3bd026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d4b93b
                040000000000000000000000000000000002829ce3c021339ccb5caf3e187f63
                70e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b7
                8c
                """,
            output: nil),
        Vector(
            .mapToG2, "bls_mapg2_top_bytes",
            input: """
                000000000000000000000000000000000007355d25caf6e7f2f0cb2812ca0e51
                3bd026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d4b93b
                040000000000000000000000000000000002829ce3c021339ccb5caf3e187f63
                70e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b7
                """,
            output: nil),
        Vector(
            .mapToG2, "bls_mapg2_invalid_fq_element",
            input: """
                0000000000000000000000000000000021366f100476ce8d3be6cfc90d59fe13
                349e388ed12b6dd6dc31ccd267ff000e2c993a063ca66beced06f804d4b8e5af
                0000000000000000000000000000000002829ce3c021339ccb5caf3e187f6370
                e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b78c
                """,
            output: nil),
    ]
}
