/** The project whose data the screens show. An engine has this one from its first start. */
export const PROJECT = 'default'
