from . import invoice
from . import picking
from . import sale
from . import purchase
