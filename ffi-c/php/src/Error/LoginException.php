<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 4xxx: the login has not been approved. */
final class LoginException extends CountermarkException
{
}
