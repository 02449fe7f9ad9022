/** The role that the API and the worker run as: no table is its own, and no policy lets it through unseen. */
export const serviceRole = "accessa_service"
