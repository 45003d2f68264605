<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Native;

/** The state of a session, with the numbers of the protocol. `Authenticated` is the only success. */
enum State: int
{
    case NoState = 0;
    case Pending = 1;
    case Expired = 2;
    case Authenticated = 3;
    case Denied = 4;
    case Suspended = 5;
    case Canceled = 6;
    case Fetched = 7;
    case Invalid = 8;

    /** The stable name, such as `no_state`. */
    public function label(): string
    {
        return Native::library()->stateTable()[$this->value]['name'];
    }

    /** Whether the state cannot change any more. */
    public function isTerminal(): bool
    {
        return Native::library()->stateTable()[$this->value]['terminal'];
    }
}
