<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** Which kind of API key is in use: one of the other kind is refused. */
enum Environment: string
{
    case Live = 'live';
    case Test = 'test';
}
