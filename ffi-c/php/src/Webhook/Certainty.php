<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** How sure a cause is. */
enum Certainty: string
{
    case Proved = 'proved';
    case Likely = 'likely';
    case Possible = 'possible';
}
