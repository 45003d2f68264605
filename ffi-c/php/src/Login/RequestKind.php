<?php

declare(strict_types=1);

namespace Countermark\Login;

/** The four requests of the protocol. The numbers are those of the C ABI. */
enum RequestKind: int
{
    case Start = 1;
    case State = 2;
    case Cancel = 3;
    case Release = 4;
}
