<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** Where the visitor is. */
enum Platform: string
{
    case Web = 'web';
    case MobileBrowser = 'mobile_browser';
    case DesktopSoftware = 'desktop_software';

    /** An older name of the vendor. */
    case DesktopAgent = 'desktop_agent';
}
