<?php

declare(strict_types=1);

namespace Countermark\Adapter;

/** The line is no request of this protocol. */
final class BadRequest extends \Exception
{
}
