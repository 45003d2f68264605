<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Native\Library;
use Countermark\Native\Logins;
use Countermark\Native\Memory;
use Countermark\Native\Meta;
use Countermark\Native\Queries;
use Countermark\Native\ReplayMemories;
use Countermark\Native\Replies;
use Countermark\Native\Seals;
use Countermark\Native\SecureSigns;
use Countermark\Native\Webhooks;
use Countermark\Native\WebhookTools;

/**
 * The C ABI: the only class that touches FFI. Each trait maps one file of `ffi-c/src`, call for call.
 *
 * @internal
 */
final class Native
{
    use Library;
    use Logins;
    use Memory;
    use Meta;
    use Queries;
    use ReplayMemories;
    use Replies;
    use Seals;
    use SecureSigns;
    use Webhooks;
    use WebhookTools;

    /** The ABI that this package was written for. */
    public const ABI_VERSION = 1;

    /** A number that was not set: the library's default. */
    private const UNSET = -2_147_483_648;

    private const STEP_SEND = 1;

    private const STEP_WAIT = 2;

    private const STEP_RESERVE = 4;

    private const STEP_RELEASE = 5;
}
