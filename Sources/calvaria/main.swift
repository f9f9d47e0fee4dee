print("calvaria")
