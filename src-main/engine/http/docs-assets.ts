/// <reference types="vite/client" />
// Read when Weir is built and kept inside its bundle, so that the page needs neither the package nor the internet.

import style from 'swagger-ui-dist/swagger-ui.css?raw'
import script from 'swagger-ui-dist/swagger-ui-bundle.js?raw'

export { script, style }
