<?php

declare(strict_types=1);

namespace Countermark\Http;

/** How far a failed request had come. The numbers are those of the C ABI. */
enum FailurePhase: int
{
    /** Certainly no byte of the request reached the server. */
    case NotSent = 1;

    /** The server may have seen it. Say this whenever it is not certain: a login that starts twice freezes the user's ID. */
    case MaybeSent = 2;
}
