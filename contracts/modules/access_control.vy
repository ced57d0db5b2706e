# pragma version 0.4.3
"""
@title Roles, in the manner of OpenZeppelin's AccessControl 5
@notice Functions, events, errors and their order are OpenZeppelin's, so that tools which manage
        its roles find what they know. Each role has an admin role, whose members grant and revoke
        it; unless set otherwise that is `DEFAULT_ADMIN_ROLE`, its own admin too.
@dev    A module. The contract that initializes it grants the first roles.
"""
# error: AccessControlUnauthorizedAccount(address account,bytes32 neededRole)
# error: AccessControlBadConfirmation()

event RoleAdminChanged:
    role: indexed(bytes32)
    previousAdminRole: indexed(bytes32)
    newAdminRole: indexed(bytes32)

event RoleGranted:
    role: indexed(bytes32)
    account: indexed(address)
    sender: indexed(address)

event RoleRevoked:
    role: indexed(bytes32)
    account: indexed(address)
    sender: indexed(address)

DEFAULT_ADMIN_ROLE: public(constant(bytes32)) = empty(bytes32)

# IERC165 and IAccessControl.
INTERFACES: constant(bytes4[2]) = [0x01ffc9a7, 0x7965db0b]

members: HashMap[bytes32, HashMap[address, bool]]
admins: HashMap[bytes32, bytes32]


@deploy
def __init__():
    pass


@external
@view
def supportsInterface(interfaceId: bytes4) -> bool:
    return interfaceId in INTERFACES


@external
@view
def hasRole(role: bytes32, account: address) -> bool:
    return self.members[role][account]


@external
@view
def getRoleAdmin(role: bytes32) -> bytes32:
    return self.admins[role]


@external
def grantRole(role: bytes32, account: address):
    self._check_role(self.admins[role])
    self._grant_role(role, account)


@external
def revokeRole(role: bytes32, account: address):
    self._check_role(self.admins[role])
    self._revoke_role(role, account)


@external
def renounceRole(role: bytes32, callerConfirmation: address):
    if callerConfirmation != msg.sender:
        raw_revert(method_id("AccessControlBadConfirmation()"))
    self._revoke_role(role, callerConfirmation)


@internal
@view
def _check_role(role: bytes32):
    """
    @notice Refuses a sender without the role.
    """
    if not self.members[role][msg.sender]:
        raw_revert(
            abi_encode(
                msg.sender,
                role,
                method_id=method_id("AccessControlUnauthorizedAccount(address,bytes32)"),
            )
        )


@internal
def _grant_role(role: bytes32, account: address):
    """
    @notice Says nothing when the account has the role already.
    """
    if not self.members[role][account]:
        self.members[role][account] = True
        log RoleGranted(role=role, account=account, sender=msg.sender)


@internal
def _revoke_role(role: bytes32, account: address):
    if self.members[role][account]:
        self.members[role][account] = False
        log RoleRevoked(role=role, account=account, sender=msg.sender)


@internal
def _set_role_admin(role: bytes32, admin: bytes32):
    before: bytes32 = self.admins[role]
    self.admins[role] = admin
    log RoleAdminChanged(role=role, previousAdminRole=before, newAdminRole=admin)
