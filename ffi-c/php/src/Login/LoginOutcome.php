<?php

declare(strict_types=1);

namespace Countermark\Login;

/** How a login stands or ended. The numbers are those of the C ABI. */
enum LoginOutcome: int
{
    /** Waiting for the user. */
    case Pending = 1;

    /** The phone has loaded the session; waiting for the user. */
    case Fetched = 2;

    /** Approved by the user whom the server states. The only success. */
    case Approved = 3;

    /** Refused by the user. */
    case Denied = 4;

    /** Not answered in time. */
    case Expired = 5;

    /** Ended by another login for the same ID. */
    case Suspended = 6;

    /** Withdrawn by the service. */
    case Canceled = 7;

    /** Not valid, or of no state. */
    case Invalid = 8;

    /** Released; says nothing about the server's answer. */
    case Released = 9;

    /** The stable name, such as `pending`. */
    public function label(): string
    {
        return \strtolower($this->name);
    }

    /** Whether the user may still decide. */
    public function isOpen(): bool
    {
        return $this === self::Pending || $this === self::Fetched;
    }
}
