<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** Why a webhook is refused. */
final class Cause
{
    public function __construct(
        /** The stable number. */
        public readonly int $number,
        /** The stable name, such as `body_newline_added`. */
        public readonly string $name,
        public readonly Certainty $certainty,
        /** What happened. */
        public readonly string $happened,
        /** What to do about it. */
        public readonly string $remedy,
        /** What it happened to, such as the name of a header; may be empty. */
        public readonly string $subject,
        /** What would fit, such as another scheme; may be empty. */
        public readonly string $fits,
        /** What the amount counts; empty if there is none. */
        public readonly string $unit,
        public readonly int $amount,
    ) {
    }
}
