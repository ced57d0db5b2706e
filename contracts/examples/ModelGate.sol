// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ISettlement} from "../interfaces/ISettlement.sol";

/// ModelGate.vy in Solidity, to read: the ether that it is deployed with goes to the payer of the
/// first receipt of one model by one provider, signed, later than the deployment.
/// A receipt alone says little. Anybody may settle, be a provider, or register a model, and a
/// settlement without evidence names any output that its caller likes. So the gate asks for the
/// provider and for the kind of evidence, and not for the model alone.
contract ModelGate {
    event Released(bytes32 indexed receiptId, address indexed payer, uint256 amount);

    ISettlement constant SETTLEMENT = ISettlement(0x00000000000000000000000000000000A55A0003);
    /// Bit 1 of a receipt's mask: the provider's registered key has signed the statement.
    uint8 constant SIGNED = 2;

    bytes32 public immutable MODEL;
    address public immutable PROVIDER;
    uint256 public immutable SINCE;

    bool public isReleased;

    constructor(bytes32 modelId, address provider) payable {
        MODEL = modelId;
        PROVIDER = provider;
        SINCE = block.number;
    }

    /// Sends all ether to the receipt's payer, once. Reverts with UnknownReceipt if there is no
    /// such receipt. Anyone may call.
    function release(bytes32 receiptId) external {
        require(!isReleased, "ModelGate: released before");
        ISettlement.Receipt memory receipt = SETTLEMENT.receipt(receiptId);
        require(receipt.modelId == MODEL, "ModelGate: another model");
        require(receipt.provider == PROVIDER, "ModelGate: another provider");
        require(receipt.evidenceMask & SIGNED != 0, "ModelGate: not signed");
        require(receipt.blockNumber > SINCE, "ModelGate: too old");
        isReleased = true;
        uint256 amount = address(this).balance;
        emit Released(receiptId, receipt.payer, amount);
        (bool isSent, ) = receipt.payer.call{value: amount}("");
        require(isSent);
    }
}
