"""The contracts on revm (PyPI `pyrevm`): a second EVM, laid out as the genesis files do it."""

import genesis
from checks import Skipped
from eth_abi import decode

try:
    import pyrevm
except ImportError:
    pyrevm = None

ERROR_SELECTOR = bytes.fromhex("08c379a0")
GAS_LIMIT = 30_000_000


class Reverted(Exception):
    """A call reverted. `reason` is its Error(string), or "" when there is none."""

    def __init__(self, data):
        self.data = data
        is_text = data[:4] == ERROR_SELECTOR
        self.reason = decode(["string"], data[4:])[0] if is_text else ""
        super().__init__(self.reason or data.hex() or "no reason")


class Chain:
    """One block on chain 84532 whose state is that of the genesis file, as far as needed."""

    def __init__(self, balances, now=1_770_000_000, name="USDC", version="2", chain_id=84532):
        if pyrevm is None:
            raise Skipped("pyrevm is missing: run tools/setup")
        self.evm = pyrevm.EVM(
            spec_id="PRAGUE",
            env=pyrevm.Env(
                cfg=pyrevm.CfgEnv(chain_id=chain_id),
                block=pyrevm.BlockEnv(number=100, timestamp=now, gas_limit=GAS_LIMIT, basefee=0),
            ),
        )
        self.owner = genesis.accounts()[0]
        self.put_code(genesis.TOKEN, genesis.artifact("UsdcLikeToken")["deployedBytecode"])
        storage = genesis.token_storage(balances, self.owner, name, version)
        for slot, value in storage.items():
            self.evm.insert_account_storage(genesis.TOKEN, int(slot, 16), int(value, 16))

    def put_code(self, address, code):
        code = bytes.fromhex(code.removeprefix("0x"))
        self.evm.insert_account_info(address, pyrevm.AccountInfo(nonce=1, code=code))

    def call(self, to, data, sender=genesis.X402_FACILITATOR, value=0):
        """The answer's bytes; what it changed stays."""
        try:
            answer = self.evm.message_call(
                sender, to, calldata=data, value=value, gas=GAS_LIMIT, gas_price=0
            )
        except RuntimeError as error:
            text = str(error)
            if not text.startswith("Revert"):
                raise
            raise Reverted(bytes.fromhex(text.split("output: 0x")[1].rstrip(" }"))) from None
        return bytes(answer)

    @property
    def gas_used(self):
        return self.evm.result.gas_used

    @property
    def logs(self):
        """(address, topics, data) of the last call, in bytes and lower-case hex."""
        return [
            (
                log.address.lower(),
                [topic.removeprefix("0x").lower() for topic in log.topics],
                bytes(log.data[1]),
            )
            for log in self.evm.result.logs
        ]
