<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** How a check went. */
enum CheckState: string
{
    case Passed = 'passed';
    case Failed = 'failed';
    case NotReached = 'not_reached';
}
