# tries: a student's name that a program takes for an option.
# student: "--output=evil"
# broken: this is no student's name
