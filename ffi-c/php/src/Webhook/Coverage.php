<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Handle;

/**
 * What is the same for every webhook of a verifier, once one has told it.
 *
 * @internal
 */
final class Coverage
{
    /** Whether the signature covers the whole body. */
    public ?bool $body = null;

    public function __construct(public readonly Handle $verifier)
    {
    }
}
