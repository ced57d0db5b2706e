import Primitives

/// RSA-PSS signatures over the bytes 00 01 … 1f by keys made for these tests.
///
/// By the Python package cryptography: SHA-256, MGF1 with SHA-256, a salt of 32 bytes, e = 65537.
struct RSASample: Sendable {
    let modulus: [UInt8]
    let signature: [UInt8]

    static let digest = Hash(Array(0..<32))

    static func all() throws -> [RSASample] {
        [try short(), try middle(), try long()]
    }

    private init(_ modulus: String, _ signature: String) throws {
        self.modulus = try Hex.decode(modulus)
        self.signature = try Hex.decode(signature)
    }

    private static func short() throws -> RSASample {
        try RSASample(
            "e81e914e13b7b083dcf79c792e29b0b6861ef4cf749934787364de003804103ca8b4552f"
                + "7ed77ef64e67d27816341f05da110b8be889f0cc35346a40dd7e3bee76184633d0699ec0"
                + "a63fba27c1c3127470341ce4c3e0fd6686621d47d05f3b17fb49ed8057adc0b354ca4390"
                + "069ce3b9984c6e71d84483b7efccc4be87bdbe3a3f670df9acdfdc1c9ed832ec6708041c"
                + "7c6b4d314ce158a09b6b28301fde4a5e9403431f14939458c5088ef08aaaa3bab4d2dd9a"
                + "f6cf1fa3e073de102fb08c300e279dae664565df0b4f47d813d386c56fe79707ae6e86f5"
                + "61aff5d6143b447a237f93ffd3d30b292254a90fceed5d2794fa70d3c0c4ea9ad637c5a9"
                + "e082e531",
            "579fba83cc03ab753586ea241c6c14bfffa36fd2fd408253553102e62a413279663cc51b"
                + "464e2484efec46301a919c818da1dc17ad47953bb44385aec62d76a9234857f2914877e9"
                + "bf581258a4ebdb367e5b5d59b38be99cb667c7f15571608a2fe5a90bd01acc832017de1a"
                + "377034c00c7d9f6223351770de9910f56517c4a8a23d889faa6b12ba0c1286c9cfc76c2f"
                + "8d259479bf12fc56eec2fea08149f6d9d51593e350349dcaf8d9877416361089967d1db0"
                + "5061ce96d56cf57208292e151e7662951c2060d2752cca629f493d26c19be596f9289d31"
                + "bb30f400da021bff77d76a6914830de40cdec2b9cb53ab45c6efad9f6c3a226ebfb7f571"
                + "e3c8d9be")
    }

    private static func middle() throws -> RSASample {
        try RSASample(
            "a2b44d8f8679597cd6a5a38647c92f70a589d32706a0f14ff38013290f1bf1a555ce7672"
                + "b4305a1e836c763562d0e070997ad95e9d9a512aa507eacc77a59ce3a41b362273a4cbd8"
                + "2504d5b6ab071a407158415a6c0758c1c5bd90f1c122495be3d0313301855c2991ecaa33"
                + "36ed00fa719a7b7476b897b47a80bad264e30059f4fb179809e034c97a346874145a1a97"
                + "12f100bc11e9e83634d4cf21063ba252b6a31e14873523b488b03e4f7d1d9fe47b32bed6"
                + "22a7193682c382990d8c870594d04763b0dff1b2118db161ca47a57e6beadee92867163a"
                + "9512dccc0842f9b86351d0f047974ec62f2af53f6b326331a02876a4f0faff16381f3e21"
                + "697bbd5986c30fd3376f6b0626fbb7357d94c9bc9589d52da7de162762ee3e3ee2925cde"
                + "dc01607130b1bd68864d30f3151c86dfb19f1a52ba275a987ac222285780b5e0370ee0cc"
                + "61471f2224a278e3b5642782a815707179712360d6f942c4d60c0561d25ed2e5ea823e60"
                + "9a4af9481666e30f043877adf1aa841a818b4ae3d940fc01",
            "651e7056f4ce26fbdd4f73e61cc899d491b9cb5b8238aa03663ddbf0e8dc5d4f4f4562f6"
                + "75c980d14e923850889a4444c213050b9e2b845eb8c98dbb2c6ab9249ca82da16a328b54"
                + "e10fd1d22529082bf4c62a20161226827faf80a1983faafac090d1a25fcb52f6fc437b64"
                + "362787a8091255c09914ec280bd4e559953c0d2644dcccad9fd4742564f3b5db008fb204"
                + "f040ab40e8e88550da0bb063d3241e00e934d8284cd727d6b0bb29ce8542ab499c8e3794"
                + "d38ea184143bad500653734c22dd701a42bb1e3c5cff5870e019302781f4c0543b5f8824"
                + "b8a002f94268e6ab6eebc9af9f7dd9838630ce4a7d5847ac37a6d26ee4c8dae204233695"
                + "5406a2ff274063fe6997c30424ffe1a4e5bb5d7f4069b35976174bf1423b804c96404a5e"
                + "1d57890a664f146464c0c4d6a1ccae76341c1e741885c3217170d1eb6ad294d88c0949c0"
                + "23b0e349d2c03dac2a3122321bb95e8737eb644ee3bb8829368ebedb02820be011330046"
                + "6099eba73cf0ef9dc32cc902b8a2a7f1511bafdf810164cc")
    }

    private static func long() throws -> RSASample {
        try RSASample(
            "c2fe0024516c8813d79ad119f242a7ec0f4147e1a0d7bf52bd8facc535e89cc2f700bc2a"
                + "c5646b6f6d7d3ef9bd1713fe0a7d5bf60caf5c2a0a96abe487db12d374a02b266063ff1b"
                + "6c4f04163c776800cdde968508df7a8d56c843a5b35b841360b363b133166a6e66c05474"
                + "05cb25cbd1da03290d28710ff6381d85e995a3c2127b2e09ae549efe8bb5c8a79c6e9a7d"
                + "ff13d6ff63f75e82ac3e061f658ea6ecc4c64d640764e8279a157aae392c545b4aa59442"
                + "6f02b6bc594aa1d344da66b549aa545d74c9dc755637e9564faec929b0213a279aaf7905"
                + "2744173da1855485fa3f5d01d7f7207cedd0b7b8a63e96ad6043912454acc55494379690"
                + "e8d80af31ad8579da06794f46a4de7a0845fd2fe10c44e2b801fffa7564da7c6b8f2259f"
                + "512035fb3df75e4d93a78afbaf54da584f22fd927bbbb502c69c97a5cf5dfd7e4ba014f5"
                + "73cc7b112d940117f1fac7aee51224e0ab98f884cdcad245225042ffb8f5ba73374c931f"
                + "0c7550edbd17a268f340283c5f8a68b05d6e9e9db24792b166404643424565abb1de3642"
                + "ea72f558c74f94cb4f2786acc9429c3d2bdbc353dda3f66beb464111c5c57290bb541815"
                + "a65e38e474f0b823784887b530f1b419015831111fdc518536252bc234e1f47402fc4964"
                + "a811f80ba6bdb090c7ac64b56bab9dc347f95bdc8609c6c9b2508349db422642994363c1"
                + "197297d4d868dc4d",
            "5df898fae00a047220843ae8b0daa785e4e876e9b459e512a0c70341b03bc5373694fb07"
                + "ac7194a42838bedaee7380c5ca3e60fc6703374fc59ae9634a8714b75d84bf036c0c3c25"
                + "1b6be98bc8d26e34f4d77fb75873e15d53469aabba402b8f7584511bb151bd3f008c866c"
                + "77ceb6f74f74000e58bdcb51c29e7a6c099f26a2adba06429061a4597f45974635324ec3"
                + "e84a15a3c5b4aae532ca2d7caedac2a8eb5cc19c11de4f8980224fb52d231a6c71af4623"
                + "b5f095846752f9b4a09dc06e4e468a13761f7b7b7406403f2b0b1f713ea630a3fe31c709"
                + "0859ba60b0353d0d3659058ca862feadbfa48412550595a556516a25e00be2c2baf1c3b1"
                + "a3c79aac277d41b7c28a332c8fcc53d12c18ea0c37f648f56f9a02b0f1d198deb959bb53"
                + "8fb7298149956457adea1dc89cb9c36883e1fb21ddd04c042f05abecf0560d8557163e0c"
                + "77dd94642cc55f31ce7cf353a9b17e919d50b6e20073797fa92675d29e014f5d5caeb485"
                + "a71f42e5fa75bc54f6701678a332a9c2fa8594e5f437909e008a7160a6ccede83ac90b00"
                + "244f272513541b3fe007a1fc2462104e25739c6fe21c59cdd1aeca8c8e317faa1b558284"
                + "213edcd7f1b744c10f300289cba72fcc5977b76850a71cd6bfda2d6dd3f45f3bba5be287"
                + "7f3d7e3521ef4b9b178117897e0b41396467aa87a30fcae3bac92045be8d1057a4affe15"
                + "975b7bb9be3a8b97")
    }
}
