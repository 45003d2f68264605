<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** One check of the verifier. */
final class Check
{
    public function __construct(
        /** `secret`, `context`, `presence`, `form`, `time_form`, `signature` or `time_window`. */
        public readonly string $step,
        public readonly CheckState $state,
    ) {
    }
}
