internal import Primitives

// The loop. Facts are in `Traits`, behaviour in `Instructions`; here is only control flow.
extension Engine {
    /// Runs the frames above `base` until they have ended; the last outcome is in `end`.
    ///
    /// Generic over its watcher so that the untraced copy has no trace of tracing.
    func run<Watcher: StepWatcher>(above base: Int, _ watcher: Watcher) {
        let traits = unsafe self.traits.start
        var frame = resume()
        while true {
            do throws(Halt) {
                if try unsafe advance(&frame, traits, base, watcher) { return }
            } catch {
                fail(error, base: base)
                if recordCount == base { return }
            }
            frame = resume()
        }
    }

    /// Why the opcode may not run.
    @inline(never)
    private func refusal(_ opcode: UInt8, stackBytes: Int, _ gas: Int64) -> Halt {
        let facts = Traits(opcode, revision)
        if !facts.isDefined { return .invalidOpcode(opcode) }
        if stackBytes < Int(facts.takes) { return .stackUnderflow }
        if stackBytes - Int(facts.takes) > Int(facts.span) { return .stackOverflow }
        return .outOfGas
    }

    /// Runs until another frame is on top; true when that one is `base`'s.
    @inline(__always)
    @unsafe
    private func advance<Watcher: StepWatcher>(
        _ frame: inout Frame, _ traits: UnsafePointer<Traits>, _ base: Int, _ watcher: Watcher
    ) throws(Halt) -> Bool {
        while true {
            if !Watcher.isWatching { frame.runShortOpcodes(self) }
            let opcode = unsafe frame.counter.pointee
            let facts = unsafe traits[Int(opcode)]
            watcher.step(self, frame, opcode)
            frame.gas &-= Int64(facts.gas)
            let spare = frame.stackBytes &- Int(facts.takes)
            if UInt(bitPattern: spare) > UInt(facts.span) || frame.gas < 0 {
                throw refusal(opcode, stackBytes: frame.stackBytes, frame.gas)
            }
            unsafe frame.counter += 1
            switch opcode {
            case 0x00:
                suspend(frame)
                finish(MemoryRange(start: 0, count: 0), isRevert: false, base: base)
                return recordCount == base
            case 0x01: frame.add()
            case 0x02: frame.multiply()
            case 0x03: frame.subtract()
            case 0x04: frame.divide()
            case 0x05: frame.signedDivide()
            case 0x06: frame.remainder()
            case 0x07: frame.signedRemainder()
            case 0x08: frame.addModulo()
            case 0x09: frame.multiplyModulo()
            case 0x0a: try frame.power(self)
            case 0x0b: frame.signExtend()
            case 0x10: frame.lessThan()
            case 0x11: frame.greaterThan()
            case 0x12: frame.signedLessThan()
            case 0x13: frame.signedGreaterThan()
            case 0x14: frame.equal()
            case 0x15: frame.isZero()
            case 0x16: frame.and()
            case 0x17: frame.or()
            case 0x18: frame.exclusiveOr()
            case 0x19: frame.not()
            case 0x1a: frame.byte()
            case 0x1b: frame.shiftLeft()
            case 0x1c: frame.shiftRight()
            case 0x1d: frame.shiftRightArithmetically()
            case 0x1e: frame.countLeadingZeros()
            case 0x20: try frame.keccak(self)
            case 0x30: frame.address()
            case 0x31: try frame.balance(self)
            case 0x32: frame.origin(self)
            case 0x33: frame.caller()
            case 0x34: frame.callValue()
            case 0x35: frame.callDataLoad(self)
            case 0x36: frame.callDataSize()
            case 0x37: try frame.callDataCopy(self)
            case 0x38: frame.codeSize()
            case 0x39: try frame.codeCopy(self)
            case 0x3a: frame.gasPrice(self)
            case 0x3b: try frame.externalCodeSize(self)
            case 0x3c: try frame.externalCodeCopy(self)
            case 0x3d: frame.returnDataSize(self)
            case 0x3e: try frame.returnDataCopy(self)
            case 0x3f: try frame.externalCodeHash(self)
            case 0x40: frame.blockHash(self)
            case 0x41: frame.coinbase(self)
            case 0x42: frame.timestamp(self)
            case 0x43: frame.blockNumber(self)
            case 0x44: frame.difficulty(self)
            case 0x45: frame.gasLimit(self)
            case 0x46: frame.chainID(self)
            case 0x47: frame.selfBalance(self)
            case 0x48: frame.baseFee(self)
            case 0x49: frame.blobHash(self)
            case 0x4a: frame.blobBaseFee(self)
            case 0x50: frame.drop(1)
            case 0x51: try frame.memoryLoad(self)
            case 0x52: try frame.memoryStore(self)
            case 0x53: try frame.memoryStoreByte(self)
            case 0x54: try frame.storageLoad(self)
            case 0x55: try frame.storageStore(self)
            case 0x56: try frame.jump()
            case 0x57: try frame.jumpIf()
            case 0x58: frame.programCounter()
            case 0x59: frame.memorySize()
            case 0x5a: frame.gasLeft()
            case 0x5b: break
            case 0x5c: frame.transientLoad(self)
            case 0x5d: try frame.transientStore(self)
            case 0x5e: try frame.memoryCopy(self)
            case 0x5f: frame.push(.zero)
            case 0x60: frame.push(bytes: 1)
            case 0x61: frame.push(bytes: 2)
            case 0x62: frame.push(bytes: 3)
            case 0x63: frame.push(bytes: 4)
            case 0x64: frame.push(bytes: 5)
            case 0x65: frame.push(bytes: 6)
            case 0x66: frame.push(bytes: 7)
            case 0x67: frame.push(bytes: 8)
            case 0x68: frame.push(bytes: 9)
            case 0x69: frame.push(bytes: 10)
            case 0x6a: frame.push(bytes: 11)
            case 0x6b: frame.push(bytes: 12)
            case 0x6c: frame.push(bytes: 13)
            case 0x6d: frame.push(bytes: 14)
            case 0x6e: frame.push(bytes: 15)
            case 0x6f: frame.push(bytes: 16)
            case 0x70: frame.push(bytes: 17)
            case 0x71: frame.push(bytes: 18)
            case 0x72: frame.push(bytes: 19)
            case 0x73: frame.push(bytes: 20)
            case 0x74: frame.push(bytes: 21)
            case 0x75: frame.push(bytes: 22)
            case 0x76: frame.push(bytes: 23)
            case 0x77: frame.push(bytes: 24)
            case 0x78: frame.push(bytes: 25)
            case 0x79: frame.push(bytes: 26)
            case 0x7a: frame.push(bytes: 27)
            case 0x7b: frame.push(bytes: 28)
            case 0x7c: frame.push(bytes: 29)
            case 0x7d: frame.push(bytes: 30)
            case 0x7e: frame.push(bytes: 31)
            case 0x7f: frame.push(bytes: 32)
            case 0x80: frame.duplicate(1)
            case 0x81: frame.duplicate(2)
            case 0x82: frame.duplicate(3)
            case 0x83: frame.duplicate(4)
            case 0x84: frame.duplicate(5)
            case 0x85: frame.duplicate(6)
            case 0x86: frame.duplicate(7)
            case 0x87: frame.duplicate(8)
            case 0x88: frame.duplicate(9)
            case 0x89: frame.duplicate(10)
            case 0x8a: frame.duplicate(11)
            case 0x8b: frame.duplicate(12)
            case 0x8c: frame.duplicate(13)
            case 0x8d: frame.duplicate(14)
            case 0x8e: frame.duplicate(15)
            case 0x8f: frame.duplicate(16)
            case 0x90: frame.swap(1)
            case 0x91: frame.swap(2)
            case 0x92: frame.swap(3)
            case 0x93: frame.swap(4)
            case 0x94: frame.swap(5)
            case 0x95: frame.swap(6)
            case 0x96: frame.swap(7)
            case 0x97: frame.swap(8)
            case 0x98: frame.swap(9)
            case 0x99: frame.swap(10)
            case 0x9a: frame.swap(11)
            case 0x9b: frame.swap(12)
            case 0x9c: frame.swap(13)
            case 0x9d: frame.swap(14)
            case 0x9e: frame.swap(15)
            case 0x9f: frame.swap(16)
            case 0xa0: try frame.log(self, 0)
            case 0xa1: try frame.log(self, 1)
            case 0xa2: try frame.log(self, 2)
            case 0xa3: try frame.log(self, 3)
            case 0xa4: try frame.log(self, 4)
            case 0xf0:
                try create(&frame, isSalted: false)
                return false
            case 0xf1:
                try call(.call, &frame)
                return false
            case 0xf2:
                try call(.callCode, &frame)
                return false
            case 0xf3, 0xfd:
                let offset = frame.pop()
                let output = try frame.reserve(self, offset, frame.pop())
                suspend(frame)
                finish(output, isRevert: opcode == 0xfd, base: base)
                return recordCount == base
            case 0xf4:
                try call(.delegateCall, &frame)
                return false
            case 0xf5:
                try create(&frame, isSalted: true)
                return false
            case 0xfa:
                try call(.staticCall, &frame)
                return false
            case 0xff:
                try selfdestruct(&frame)
                suspend(frame)
                finish(MemoryRange(start: 0, count: 0), isRevert: false, base: base)
                return recordCount == base
            default: throw .invalidOpcode(opcode)
            }
        }
    }
}
