<?php

declare(strict_types=1);

namespace Countermark\Http;

/** What went wrong in the transport. The numbers are those of the C ABI. */
enum FailureKind: int
{
    /** No answer in time, connecting included. */
    case Timeout = 1;

    /** Name not resolved, connection refused, reset or cut. */
    case Unreachable = 2;

    /** The TLS handshake failed. */
    case Tls = 3;
}
