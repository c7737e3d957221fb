from . import test_install
from . import test_type_email
from . import test_email_addresses
from . import test_email_bad_input
from . import test_email_attachments
from . import test_email_preview
from . import test_email_import
from . import test_email_queries
