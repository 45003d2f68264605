<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** Whether and how to try again after an error code. */
enum Retry: string
{
    case No = 'no';
    case SameSession = 'same_session';
    case NewSession = 'new_session';
}
