<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** When a handshake is to be answered. The numbers are those of the C ABI. */
enum HandshakeOrder: int
{
    /** Instead of verifying: the sender does not sign it. */
    case BeforeVerify = 1;

    /** Only after it was verified: the sender signs it, and tests that a wrong signature is refused. */
    case AfterVerify = 2;
}
