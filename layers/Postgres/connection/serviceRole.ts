/** The role that the API and the worker run as: it owns no table and bypasses no policy. */
export const serviceRole = "accessa_service"
